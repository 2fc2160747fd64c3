"""A person's own words in a mail: the plain version where there is one, else the HTML version as it reads."""

from feedback_service.delivery.rules.html_text import words_of_html
from feedback_service.delivery.rules.mime import Mail, parts, text_of
from feedback_service.delivery.rules.quoted import new_words


def own_words(mail: Mail) -> str:
    """What the person wrote, without the mail they quote and without attachments; empty where there are no words."""
    shown = [part for part in parts(mail, attached=False) if part.get_content_disposition() != "attachment"]
    plain = "\n".join(text_of(part) for part in shown if part.get_content_type() == "text/plain")
    html = "\n".join(text_of(part) for part in shown if part.get_content_type() == "text/html")
    return new_words(plain) or new_words(words_of_html(html))
