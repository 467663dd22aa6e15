"""Regions, organizations, accounts and roles; every later step is taken by the person whose job it is."""

import hashlib
import secrets
import uuid

from suite import check, expect

NATION = "000000000"
COUNTY = "640323000"
NEIGHBOUR = "640324000"
REGIONS = [("640000000", "宁夏回族自治区"), ("640300000", "吴忠市"), (COUNTY, "盐池县"), (NEIGHBOUR, "同心县")]
ORGANIZATIONS = [
    (COUNTY, "101", "县财政局", "FINANCE_DEPARTMENT"),
    (COUNTY, "219", "县水务局", "COMPETENT_DEPARTMENT"),
    (COUNTY, "219001", "县农村供水管理站", "BUDGET_UNIT"),
    (COUNTY, "801", "预算管理一体化平台", "PLATFORM"),
    (NEIGHBOUR, "101", "县财政局", "FINANCE_DEPARTMENT"),
]
# account, kind, region and unit of its organization, roles, scope region, scope unit
ACCOUNTS = [
    # with a second role, to show that separation of duties is not a matter of roles
    ("declarer", "PERSON", (COUNTY, "219001"), ["unit-declarer", "department-reviewer"], COUNTY, "219001"),
    ("department", "PERSON", (COUNTY, "219"), ["department-reviewer"], COUNTY, "219"),
    ("performance", "PERSON", (COUNTY, "101"), ["finance-performance"], COUNTY, ""),
    ("line", "PERSON", (COUNTY, "101"), ["finance-line"], COUNTY, ""),
    ("platform", "SERVICE", (COUNTY, "801"), ["platform"], COUNTY, ""),
    ("catalog", "PERSON", None, ["catalog-manager"], NATION, ""),
    ("neighbour", "PERSON", (NEIGHBOUR, "101"), ["finance-performance"], NEIGHBOUR, ""),
]


def organization(region: str, code: str) -> str:
    return f"regions/{region}/organizations/{code}"


def play(suite, administrator) -> None:
    who = administrator.ask("identity", "GetCaller")
    suite.say("GetCaller", f"{who.account}, {', '.join(one.role for one in who.assignments)}")
    refusals(suite, administrator)
    for code, title in REGIONS:
        region = administrator.ask("identity", "CreateRegion", code=code, title=title).region
        suite.say("CreateRegion", f"{region.name} {region.title}")
    for region, code, title, kind in ORGANIZATIONS:
        made = administrator.ask(
            "identity", "CreateOrganization", parent=f"regions/{region}", code=code, title=title,
            kind=suite.value("identity", f"ORGANIZATION_KIND_{kind}"),
        ).organization
        expect(made.name, organization(region, code), "name of the organization")
        suite.say("CreateOrganization", f"{made.name} {made.title}")
    repeats(suite, administrator)
    pages(suite, administrator)
    for row in ACCOUNTS:
        suite.people[row[0]] = account(suite, administrator, *row)
    scopes(suite)


def refusals(suite, administrator) -> None:
    suite.caller().refused("TOKEN_MISSING", "identity", "ListRegions")
    suite.caller("not.a.token").refused("TOKEN_INVALID", "identity", "ListRegions")
    administrator.refused("PERMISSION_MISSING", "catalog", "CheckRulePack", content_json="{}")
    refusal = administrator.refused("FIELD_INVALID", "identity", "CreateRegion", code="64", title="")
    expect(sorted(refusal.fields()), ["code", "title"], "fields named at once")
    administrator.refused("NOT_FOUND", "identity", "GetRegion", name="regions/999999999")


def repeats(suite, administrator) -> None:
    """The same request id gets the first answer; with another body it is refused."""
    row = {"parent": f"regions/{COUNTY}", "code": "220", "title": "县林业局",
           "kind": suite.value("identity", "ORGANIZATION_KIND_COMPETENT_DEPARTMENT")}
    tried = administrator.ask("identity", "CreateOrganization", validate_only=True, **row)
    administrator.refused("NOT_FOUND", "identity", "GetOrganization", name=tried.organization.name)
    request_id = str(uuid.uuid4())
    first = administrator.ask("identity", "CreateOrganization", request_id=request_id, **row)
    again = administrator.ask("identity", "CreateOrganization", request_id=request_id, **row)
    expect(again, first, "answer to the repeat")
    suite.say("CreateOrganization repeated with its request_id", "the first answer")
    row["title"] = "县林业和草原局"
    administrator.refused("REQUEST_ID_REUSED", "identity", "CreateOrganization", request_id=request_id, **row)
    administrator.refused("ALREADY_EXISTS", "identity", "CreateOrganization", **row)


def pages(suite, administrator) -> None:
    codes = [one.code for one in administrator.pages("identity", "ListRegions", "regions", page_size=2)]
    expect(codes, sorted(code for code, _ in REGIONS), "regions over two pages")
    suite.say("ListRegions, two a page", ", ".join(codes))
    token = administrator.ask("identity", "ListRegions", page_size=2).next_page_token
    administrator.refused(
        "PAGE_TOKEN_INVALID", "identity", "ListRegions", page_size=2, region=COUNTY, page_token=token)
    administrator.refused("FIELD_INVALID", "identity", "ListRegions", page_size=1001)


def account(suite, administrator, account_id, kind, home, roles, region, unit):
    """Makes the account with a secret of its own, gives it its roles, and gets its token."""
    secret = secrets.token_hex(32)
    made = administrator.ask(
        "identity", "CreateAccount", account_id=account_id, title=account_id,
        kind=suite.value("identity", f"ACCOUNT_KIND_{kind}"), organization=organization(*home) if home else "",
        credential_sha256=hashlib.sha256(secret.encode()).hexdigest(),
    ).account
    etag = made.etag
    for role in roles:
        assignment = {"name": made.name, "role": f"roles/{role}", "region": region, "unit": unit}
        assigned = administrator.ask("identity", "AssignRole", etag=etag, **assignment).account
        etag = assigned.etag
    if len(roles) > 1:
        administrator.refused("ETAG_MISMATCH", "identity", "AssignRole", etag=made.etag, **assignment)
        suite.caller().refused("TOKEN_INVALID", "identity", "IssueToken", account=made.name, secret="wrong")
    token = suite.caller().ask("identity", "IssueToken", account=made.name, secret=secret).token
    caller = suite.caller(token)
    who = caller.ask("identity", "GetCaller")
    expect(who.account, made.name, "who the token says the caller is")
    expect([one.role for one in who.assignments], [f"roles/{role}" for role in roles], f"roles of {made.name}")
    reach = f"{region} {unit}".strip()
    suite.say("CreateAccount, AssignRole, IssueToken", f"{who.account}, {' and '.join(roles)} in {reach}")
    return caller


def scopes(suite) -> None:
    """What may not be seen does not exist."""
    neighbour = suite.people["neighbour"]
    seen = [one.code for one in neighbour.pages("identity", "ListRegions", "regions")]
    expect(seen, [NEIGHBOUR], "regions the neighbour sees")
    neighbour.refused("NOT_FOUND", "identity", "GetOrganization", name=organization(COUNTY, "101"))
    jwks = suite.caller().ask("identity", "GetKeySet").jwks_json
    check('"Ed25519"' in jwks, f"no Ed25519 key in {jwks}")
    suite.say("GetKeySet", jwks[:60] + "…")
