DROP TABLE participants;
DROP TABLE invites;
DROP TABLE memberships;
DROP TABLE calls;
DROP TABLE users;
