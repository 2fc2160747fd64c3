"""The baselines: bare Flask with the same bytes from a template, and bare Flask with one insert.

BARE_PAGE=page.html BARE_DATABASE_URL=... gunicorn bare:app
"""

import os
from pathlib import Path

from flask import Flask, redirect, render_template, request
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, create_engine, func, insert
from werkzeug.wrappers import Response

from feedback_service.database import prepare_engine

page = Path(os.environ["BARE_PAGE"])
app = Flask(__name__, template_folder=str(page.parent))
engine = prepare_engine(create_engine(os.environ["BARE_DATABASE_URL"]))
"""Tuned as the service's own: a commit is on disk there too."""
answers = Table(
    "bare_answers",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("link", String(64), index=True),
    Column("score", Integer),
    Column("comment", Text),
    Column("answered_at", DateTime(timezone=True), server_default=func.now()),
)


@app.get("/r/<secret>")
def show(secret: str) -> str:
    """The page, byte for byte, out of a template."""
    return render_template(page.name)


@app.post("/r/<secret>")
def keep(secret: str) -> Response:
    """One row."""
    with engine.begin() as connection:
        connection.execute(insert(answers).values(link=secret, score=request.form.get("score", type=int), comment=""))
    return redirect(f"/r/{secret}/more", 303)
