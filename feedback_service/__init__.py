"""The feedback loop, a line per stage.

accounts        who works here: staff, managers, admins and their teams
questionnaires  what is asked: surveys read from files, kept as immutable versions
customers       who may be asked: people, their addresses, and what they forbade
orders          what happened: purchases arriving
invitations     who is asked, when, and why not
delivery        getting the question there, once
responses       the answer, given on a public page and kept
sentiment       what the words say
cases           an unhappy buyer gets an owner, a deadline and a log of what was done
insights        whether it is getting better
"""
