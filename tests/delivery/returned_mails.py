"""Mails as they come back: bounces of several mail servers, complaints, replies and automatic answers.

`UID` stands for the id of our message, `RCPT` for whom it was for.
"""

UID = "0123456789abcdef0123456789abcdef"
RCPT = "ana@buyers.example"

POSTFIX = """\
Return-Path: <>
Received: by mail.corner-shop.example (Postfix) id 4F2A11C0A2; Fri, 20 Mar 2026 09:58:01 +0000 (UTC)
Date: Fri, 20 Mar 2026 09:58:01 +0000 (UTC)
From: MAILER-DAEMON@mail.corner-shop.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: hello@corner-shop.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B8E7D1C09F.1774000681/mail.corner-shop.example"
Message-Id: <20260320095801.4F2A11C0A2@mail.corner-shop.example>

This is a MIME-encapsulated message.

--B8E7D1C09F.1774000681/mail.corner-shop.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.corner-shop.example.

<RCPT>: host mx.buyers.example[203.0.113.9] said: 550 5.1.1 <RCPT>:
    Recipient address rejected: User unknown in local recipient table (in reply
    to RCPT TO command)

--B8E7D1C09F.1774000681/mail.corner-shop.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.corner-shop.example
X-Postfix-Queue-ID: B8E7D1C09F
X-Postfix-Sender: rfc822; hello@corner-shop.example
Arrival-Date: Fri, 20 Mar 2026 09:58:00 +0000 (UTC)

Final-Recipient: rfc822; RCPT
Original-Recipient: rfc822;RCPT
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.buyers.example
Diagnostic-Code: smtp; 550 5.1.1 <RCPT>: Recipient address rejected:
    User unknown in local recipient table

--B8E7D1C09F.1774000681/mail.corner-shop.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

Message-ID: <UID@corner-shop.example>
From: "Corner Shop" <hello@corner-shop.example>
To: "Ana" <RCPT>
Subject: How was your delivery?

How was it?

--B8E7D1C09F.1774000681/mail.corner-shop.example--
"""

POSTFIX_FULL = POSTFIX.replace(
    "550 5.1.1 <RCPT>: Recipient address rejected:\n    User unknown in local recipient table",
    "452 4.2.2 <RCPT>: The mailbox is over quota",
).replace("Status: 5.1.1", "Status: 4.2.2")
"""Given up after days of trying."""

GMAIL_DELAYED = """\
Return-Path: <>
Received: by 2002:a05:6402:1d4f:b0:645 with SMTP id dz15; Fri, 20 Mar 2026 09:50:00 -0700 (PDT)
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: hello@corner-shop.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Delay)
References: <UID@corner-shop.example>
In-Reply-To: <UID@corner-shop.example>
X-Failed-Recipients: RCPT
Message-ID: <66f2.050a0220.1c.GMR@mx.google.com>
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000a7"; report-type=delivery-status

--000000000000a7
Content-Type: text/plain; charset="UTF-8"

** Delivery incomplete **

There was a temporary problem while delivering your message to RCPT. Gmail will retry for 47 more hours.

--000000000000a7
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Fri, 20 Mar 2026 01:50:00 -0700 (PDT)

Final-Recipient: rfc822; RCPT
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; The recipient server did not accept our requests to connect.
Will-Retry-Until: Sun, 22 Mar 2026 09:50:00 -0700 (PDT)

--000000000000a7
Content-Type: message/rfc822

Message-ID: <UID@corner-shop.example>
To: RCPT
Subject: How was your delivery?

--000000000000a7--
"""

GMAIL_DISABLED = (
    GMAIL_DELAYED.replace("Action: delayed", "Action: failed")
    .replace("Status: 4.4.1", "Status: 5.2.1")
    .replace(
        "The recipient server did not accept our requests to connect.",
        "550-5.2.1 The email account that you tried to reach is inactive. 550 5.2.1 gsmtp",
    )
    .replace("temporary problem while delivering", "problem that lasts with")
)

EXCHANGE = """\
Received: from AM0PR04.eurprd04.prod.outlook.com by VI1PR04.eurprd04.prod.outlook.com; Fri, 20 Mar 2026 09:58:03 +0000
MIME-Version: 1.0
From: <postmaster@buyers.example>
To: <hello@corner-shop.example>
Date: Fri, 20 Mar 2026 09:58:03 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9f2d5c1e-8a5b-4f2f-9d7c-3b1f0e6a7c55"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <9f2d5c1e-8a5b-4f2f@AM0PR04.eurprd04.prod.outlook.com>
In-Reply-To: <UID@corner-shop.example>
References: <UID@corner-shop.example>
Subject: Undeliverable: How was your delivery?
Auto-Submitted: auto-replied

--9f2d5c1e-8a5b-4f2f-9d7c-3b1f0e6a7c55
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="c1d2e3"

--c1d2e3
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

RCPT<mailto:RCPT>
The email address you entered couldn't be found. Please check the recipient=
's email address and try to resend the message.

--c1d2e3
Content-Type: text/html; charset="us-ascii"

<html><body><p>Delivery has failed to these recipients or groups:</p></body></html>

--c1d2e3--

--9f2d5c1e-8a5b-4f2f-9d7c-3b1f0e6a7c55
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR04.eurprd04.prod.outlook.com
Received-From-MTA: dns;mail.corner-shop.example
Arrival-Date: Fri, 20 Mar 2026 09:58:02 +0000

Final-Recipient: rfc822;RCPT
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient RCPT not found by SMTP address lookup
X-Display-Name: Ana

--9f2d5c1e-8a5b-4f2f-9d7c-3b1f0e6a7c55
Content-Type: text/rfc822-headers

Received: from mail.corner-shop.example by AM0PR04.eurprd04.prod.outlook.com; Fri, 20 Mar 2026 09:58:02 +0000
Message-ID: <UID@corner-shop.example>
Subject: How was your delivery?
To: <RCPT>

--9f2d5c1e-8a5b-4f2f-9d7c-3b1f0e6a7c55--
"""

EXCHANGE_BLOCKED = EXCHANGE.replace("Status: 5.1.10", "Status: 5.7.1").replace(
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient RCPT not found by SMTP address lookup",
    "550 5.7.1 Service unavailable, Client host [203.0.113.7] blocked using a block list",
)

QMAIL = """\
Return-Path: <>
Received: (qmail 31415 invoked for bounce); 20 Mar 2026 09:58:00 -0000
Date: 20 Mar 2026 09:58:00 -0000
From: MAILER-DAEMON@mx.buyers.example
To: hello@corner-shop.example
Subject: failure notice

Hi. This is the qmail-send program at mx.buyers.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<RCPT>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <hello@corner-shop.example>
Received: (qmail 31411 invoked from network); 20 Mar 2026 09:57:59 -0000
Message-ID: <UID@corner-shop.example>
From: "Corner Shop" <hello@corner-shop.example>
To: RCPT
Subject: How was your delivery?

How was it?
"""

QMAIL_QUEUED_TOO_LONG = QMAIL.replace(
    "Sorry, no mailbox here by that name. (#5.1.1)",
    "203.0.113.9 does not like recipient.\nRemote host said: 452 4.2.2 Mailbox full\n"
    "I'm not going to try again; this message has been in the queue too long.",
)

UNHEARD_OF = """\
Return-Path: <>
From: Mail Robot <postmaster@antique.example>
To: hello@corner-shop.example
Subject: Your letter

Regrettably the account you wrote to is no longer in use here.

> Message-ID: <UID@corner-shop.example>
> To: RCPT
"""
"""A server that nobody wrote a reader for, but it quotes our mail."""

COMPLAINT = """\
Return-Path: <>
Received: from fbl.provider.example by mail.corner-shop.example; Fri, 20 Mar 2026 09:58:00 +0000
From: <feedbackloop@provider.example>
Date: Fri, 20 Mar 2026 09:58:00 +0000
Subject: FW: How was your delivery?
To: <abuse@corner-shop.example>
Message-ID: <arf-1@fbl.provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP
203.0.113.7 on Fri, 20 Mar 2026 08:00:00 +0000.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <hello@corner-shop.example>
Original-Rcpt-To: <RCPT>
Arrival-Date: Fri, 20 Mar 2026 08:00:00 +0000
Source-IP: 203.0.113.7

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

From: <hello@corner-shop.example>
Received: from mail.corner-shop.example by mx.provider.example; Fri, 20 Mar 2026 08:00:00 +0000
To: <RCPT>
Subject: How was your delivery?
Message-ID: <UID@corner-shop.example>

How was it?
--part1_13d.2e68ed54_boundary--
"""

NOT_SPAM = COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: not-spam")
OPT_OUT = COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: opt-out")

REPLY = """\
Return-Path: <RCPT>
Received: from mail.buyers.example by mail.corner-shop.example; Fri, 20 Mar 2026 09:58:00 +0000
From: Ana Souza <RCPT>
To: Corner Shop <hello@corner-shop.example>
Subject: Re: How was your delivery?
In-Reply-To: <UID@corner-shop.example>
References: <UID@corner-shop.example>
Message-ID: <CAFx-reply-1@mail.buyers.example>
MIME-Version: 1.0
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 8bit

The lamp came broken 😡 and nobody answers the phone.

On Fri, 20 Mar 2026 at 09:00, Corner Shop <hello@corner-shop.example> wrote:
> How was your delivery?
> Choose a number.
"""

OUT_OF_OFFICE = """\
Received: from mail.buyers.example by mail.corner-shop.example; Fri, 20 Mar 2026 09:58:00 +0000
From: Ana Souza <RCPT>
To: hello@corner-shop.example
Subject: Automatic reply: How was your delivery?
In-Reply-To: <UID@corner-shop.example>
Message-ID: <ooo-1@AM0PR04.eurprd04.prod.outlook.com>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Content-Type: text/plain; charset="utf-8"

I am away until Monday.
"""


def mail(text: str, *, uid: str = UID, recipient: str = RCPT) -> bytes:
    """One of these mails about a message of ours, as a mail server hands it over."""
    return text.replace("UID", uid).replace("RCPT", recipient).encode("utf-8", "surrogateescape")
