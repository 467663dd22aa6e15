"""The history of the year: entries of one record in order, news from the beginning, every chain intact."""

import contract
from suite import check, expect

from .targets import TARGET

# department, finance line office and finance performance office review it
LIFE = ["target.created", "target.filed", *["target.reviewed"] * 3, "target.approved"]


def play(suite) -> None:
    performance = suite.people["performance"]
    entries = performance.pages("common", "ListEntries", "entries", service="targets", subject=TARGET, page_size=2)
    expect([entry.kind for entry in entries], LIFE, "life of the target")
    check(all(entry.account and entry.request_id and entry.hash for entry in entries), "an entry is not complete")
    suite.say(f"ListEntries of {TARGET}", ", ".join(f"{entry.kind} by {entry.account}" for entry in entries))
    watch(suite, performance)
    for service in contract.SERVICES:
        found = performance.ask("common", "VerifyJournal", service=service)
        check(found.intact and found.checked > 0, f"journal of {service}: {found.finding}")
        suite.say(f"VerifyJournal of {service}", f"{found.checked} entries intact, head {found.head_hash[:16]}…")


def watch(suite, performance) -> None:
    request = suite.contract["common"].WatchRequest(service="targets", kinds=["target.approved"])
    news = performance.stream("common", "Watch")(request, metadata=performance.metadata, timeout=60)
    for one in news:
        if one.WhichOneof("news") == "entry":
            expect((one.entry.kind, one.entry.subject), ("target.approved", TARGET), "news")
            suite.say("Watch", f"{one.entry.position}: {one.entry.kind} {one.entry.subject}")
            break
    news.cancel()
