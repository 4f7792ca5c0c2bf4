# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /api/v1/calls/{id} as one writes it with FastAPI, SQLAlchemy and PyJWT: token, limit, membership, roster.

Started by rest.py: python3 fastapi_calls.py DATABASE KEY_HEX PORT, on a database with the tables that confabd made.
"""

import sys
import time

import fastapi
import jwt
import pydantic
import sqlalchemy
import uvicorn
from sqlalchemy import orm

engine = sqlalchemy.create_engine(f"sqlite:///{sys.argv[1]}", connect_args={"check_same_thread": False})
Local = orm.sessionmaker(engine)
Base = orm.declarative_base()
KEY = bytes.fromhex(sys.argv[2])


class Call(Base):
    __tablename__ = "calls"
    id = sqlalchemy.Column(sqlalchemy.String, primary_key=True)
    code = sqlalchemy.Column(sqlalchemy.String)
    title = sqlalchemy.Column(sqlalchemy.String)
    kind = sqlalchemy.Column(sqlalchemy.String)
    state = sqlalchemy.Column(sqlalchemy.String)
    creator_id = sqlalchemy.Column(sqlalchemy.String)
    created_at = sqlalchemy.Column(sqlalchemy.Integer)
    expires_at = sqlalchemy.Column(sqlalchemy.Integer)
    max_participants = sqlalchemy.Column(sqlalchemy.Integer)


class Membership(Base):
    __tablename__ = "memberships"
    call_id = sqlalchemy.Column(sqlalchemy.String, primary_key=True)
    user_id = sqlalchemy.Column(sqlalchemy.String, primary_key=True)


class Participant(Base):
    __tablename__ = "participants"
    id = sqlalchemy.Column(sqlalchemy.String, primary_key=True)
    call_id = sqlalchemy.Column(sqlalchemy.String)
    display_name = sqlalchemy.Column(sqlalchemy.String)
    role = sqlalchemy.Column(sqlalchemy.String)
    joined_at = sqlalchemy.Column(sqlalchemy.Integer)
    left_at = sqlalchemy.Column(sqlalchemy.Integer)


class CallOut(pydantic.BaseModel):
    id: str
    code: str
    title: str | None
    kind: str
    state: str
    creator_id: str
    created_at: int
    expires_at: int
    max_participants: int

    class Config:
        orm_mode = True


class ParticipantOut(pydantic.BaseModel):
    id: str
    display_name: str
    role: str
    joined_at: int

    class Config:
        orm_mode = True


class Answer(pydantic.BaseModel):
    call: CallOut
    link: str
    participants: list[ParticipantOut]


app = fastapi.FastAPI()
buckets = {}


def open_session():
    session = Local()
    try:
        yield session
    finally:
        session.close()


def authenticate(authorization: str = fastapi.Header()):
    try:
        return jwt.decode(authorization.removeprefix("Bearer "), KEY, algorithms=["HS256"])["sub"]
    except jwt.InvalidTokenError:
        raise fastapi.HTTPException(401) from None


def limit(user: str = fastapi.Depends(authenticate)):
    tokens, at = buckets.get(user, (1e9, time.monotonic()))
    now = time.monotonic()
    tokens = min(1e9, tokens + (now - at)) - 1
    buckets[user] = (tokens, now)
    if tokens < 0:
        raise fastapi.HTTPException(429)
    return user


@app.get("/api/v1/calls/{call_id}", response_model=Answer)
def get_call(call_id: str, user: str = fastapi.Depends(limit), session: orm.Session = fastapi.Depends(open_session)):
    call = session.query(Call).join(Membership, Membership.call_id == Call.id).filter(Call.id == call_id, Membership.user_id == user).first()
    if call is None:
        raise fastapi.HTTPException(404)
    people = session.query(Participant).filter(Participant.call_id == call_id, Participant.left_at.is_(None)).order_by(Participant.joined_at).all()
    return {"call": call, "link": f"http://127.0.0.1/j/{call.code}", "participants": people}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), access_log=False, log_level="warning", loop="uvloop", http="httptools")
