# SPDX-License-Identifier: GPL-3.0-or-later
"""What Telegram would say of somebody, signed as it does."""

import hashlib
import hmac
import json
import time
import urllib.parse

BOT_TOKEN = "7000000001:AAH-of-a-bot-that-is-nobodys"


def sign(fields, token=BOT_TOKEN):
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def init_data(user=None, token=BOT_TOKEN, age_s=0, **fields):
    """user=None: Ada. A field that is None is left out."""
    fields = {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(user or {"id": 279058397, "first_name": "Ada", "last_name": "Lovelace", "username": "ada_l"}),
        "auth_date": str(int(time.time()) - age_s),
        **fields,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    return urllib.parse.urlencode({**fields, "hash": sign(fields, token)}, quote_via=urllib.parse.quote)
