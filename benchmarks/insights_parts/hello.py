"""The least that a page for somebody who signed in can be: Flask, a session that is checked, and one SELECT."""

import os

from flask import Flask, abort, session
from sqlalchemy import create_engine, text

app = Flask(__name__)
app.secret_key = os.urandom(32) if "BENCHMARK_DATABASE" not in os.environ else os.environ["FEEDBACK_SECRET_KEY"]
engine = create_engine(os.environ.get("BENCHMARK_DATABASE", "sqlite://"))


@app.get("/enter")
def enter() -> str:
    """Begin a session."""
    session["user"] = 1
    return "Come in."


@app.get("/")
def hello() -> str:
    """Greet whoever has a session."""
    if session.get("user") != 1:
        abort(401)
    with engine.connect() as connection:
        surveys = connection.scalar(text("SELECT count(*) FROM surveys"))
    return f"Hello, there are {surveys} surveys."
