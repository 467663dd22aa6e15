"""Follows one project through a budget year over the public contract: from the .proto files alone, nothing else.

    follow_the_year.py ADDRESS ADMINISTRATOR_TOKEN

Prints every step with its answer; ends with status 1 at the first answer that is not as the contract says. The suite
behind ADDRESS has to be empty: all six services, no regions, no rule packs.
"""

import sys

import contract
from steps import application, catalog, evaluation, identity, journal, monitoring, targets
from suite import Mismatch, Refused, Suite


def play(address: str, token: str) -> None:
    suite = Suite(address, contract.load())
    identity.play(suite, suite.caller(token))
    for step in (catalog, targets, monitoring, evaluation, application, journal):
        step.play(suite)
    print("the year is complete")
    print(f"{suite.steps} passed, 0 failed")


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        play(*sys.argv[1:])
    except (Mismatch, Refused) as failure:
        print(f"follow_the_year: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
