"""What every step works with: a channel with the service config, callers with their tokens, and expectations."""

import decimal
import json
import re
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2

import contract

DETAILS = ("BadRequest", "ErrorInfo", "LocalizedMessage", "PreconditionFailure", "ResourceInfo", "RetryInfo")


class Mismatch(Exception):
    """The server did not answer as the contract says."""


class Refused(Exception):
    """A refusal, opened: code, reason and the details by type."""

    def __init__(self, error: grpc.RpcError):
        self.code = error.code().name
        self.message = error.details()
        self.details = {}
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                self._open(value)
        info = self.details.get("ErrorInfo")
        self.reason = info.reason if info else ""
        self.domain = info.domain if info else ""
        super().__init__(f"{self.code} {self.reason}: {self.message}")

    def _open(self, value: bytes):
        for detail in status_pb2.Status.FromString(value).details:
            name = detail.TypeName().rpartition(".")[2]
            if name in DETAILS:
                message = getattr(error_details_pb2, name)()
                detail.Unpack(message)
                self.details[name] = message

    def fields(self) -> list[str]:
        """The fields that break a rule."""
        return [violation.field for violation in self.details["BadRequest"].field_violations]


class Caller:
    """One account and its token; without a token, anybody."""

    def __init__(self, suite: "Suite", token: str = ""):
        self.suite = suite
        self.metadata = [("authorization", f"Bearer {token}")] if token else []

    def ask(self, package: str, call: str, /, **fields):
        """Makes a call; a change gets a request id of its own unless one is given."""
        stub, method = self.suite.contract[package].calls[call]
        if "request_id" in method.input_type.fields_by_name:
            fields.setdefault("request_id", str(uuid.uuid4()))
        request = self.suite.contract[package].message(method.input_type)(**fields)
        try:
            return getattr(self.suite.stub(stub), call)(request, metadata=self.metadata)
        except grpc.RpcError as error:
            raise Refused(error) from None

    def refused(self, reason: str, package: str, call: str, /, **fields) -> Refused:
        """Makes a call that has to be refused with this reason, in the form docs/status-codes.md promises."""
        try:
            answer = self.ask(package, call, **fields)
        except Refused as refusal:
            expect(refusal.reason, reason, f"reason of {call}, {refusal}")
            expect(refusal.code, self.suite.codes[reason], f"code of {reason}")
            expect(refusal.domain, "hengji", "domain of the refusal")
            expect(refusal.details["LocalizedMessage"].locale, "zh-CN", "locale of the refusal")
            expect(refusal.details["LocalizedMessage"].message, refusal.message, "localized message")
            self.suite.say(f"{call} is refused, {refusal.code} {reason}", refusal.message)
            return refusal
        raise Mismatch(f"{call} should be refused with {reason}, but answers {shown(answer)}")

    def stream(self, package: str, call: str):
        """The raw call of a stub, for streams."""
        return getattr(self.suite.stub(self.suite.contract[package].calls[call][0]), call)

    def pages(self, package: str, call: str, rows: str, /, **fields) -> list:
        """Every row of a list."""
        found, token = [], ""
        while True:
            page = self.ask(package, call, page_token=token, **fields)
            found += getattr(page, rows)
            token = page.next_page_token
            if not token:
                return found


class Suite:
    """A running suite at an address."""

    def __init__(self, address: str, packages: dict):
        config = (contract.ROOT / "proto" / "hengji_service_config.json").read_text(encoding="utf-8")
        options = [("grpc.service_config", json.dumps(json.loads(config))), ("grpc.enable_retries", 1)]
        self.channel = grpc.insecure_channel(address, options=options)
        self.contract = packages
        self.codes = documented_codes()
        self.stubs = {}
        self.people = {}
        self.steps = 0

    def stub(self, kind):
        """One stub of a kind for the whole channel."""
        if kind not in self.stubs:
            self.stubs[kind] = kind(self.channel)
        return self.stubs[kind]

    def caller(self, token: str = "") -> Caller:
        """Somebody with this token."""
        return Caller(self, token)

    def value(self, package: str, name: str) -> int:
        """The number of an enum value, e.g. `TARGET_STATE_APPROVED`."""
        return getattr(self.contract[package], name)

    def say(self, step: str, answer="") -> None:
        """Prints a step with its answer."""
        self.steps += 1
        print(f"{self.steps:3}  {step}: {shown(answer)}" if str(answer) else f"{self.steps:3}  {step}", flush=True)


def documented_codes() -> dict[str, str]:
    """Reason to code, as the table of docs/status-codes.md has it."""
    text = (contract.ROOT / "docs" / "status-codes.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([A-Z_]+)` \| `([A-Z_]+)` \|", text, re.MULTILINE))


def expect(actual, wanted, what: str) -> None:
    """Ends the story if the two differ."""
    if actual != wanted:
        raise Mismatch(f"{what}: expected {shown(wanted)}, got {shown(actual)}")


def check(holds: bool, what: str) -> None:
    """Ends the story if it does not hold."""
    if not holds:
        raise Mismatch(what)


def yuan(text: str) -> dict:
    """A google.type.Decimal for a request."""
    return {"value": text}


def number(value) -> decimal.Decimal:
    """A google.type.Decimal of an answer, exact."""
    return decimal.Decimal(value.value)


def day(text: str) -> dict:
    """A google.type.Date for a request, from 2021-04-15."""
    year, month, day_of_month = map(int, text.split("-"))
    return {"year": year, "month": month, "day": day_of_month}


def shown(answer) -> str:
    """An answer on one line."""
    return " ".join(str(answer).split())
