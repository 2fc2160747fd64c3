"""For a WSGI server: `gunicorn wsgi:app`; with a shared broker beside `feedback worker` and `feedback beat`."""

from feedback_service.app import configure_logs, create_app
from feedback_service.config import read_settings
from feedback_service.serve import attach_jobs

configure_logs()
settings = read_settings()
app = create_app(settings)
attach_jobs(app, settings)
