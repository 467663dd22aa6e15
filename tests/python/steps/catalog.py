"""Rule packs, templates and indicators from data/, and a what-if score under two of the packs."""

import decimal
import hashlib
import json

import contract
from suite import check, day, expect, number, yuan

from .identity import COUNTY, NATION

DATA = contract.ROOT / "data"
TEMPLATE = "templates/project-2021-no-cost"


def play(suite) -> None:
    manager = suite.people["catalog"]
    manager.refused("FIELD_INVALID", "catalog", "CheckRulePack", content_json="x" * 1_000_001)
    manager.refused("LIMIT_EXCEEDED", "catalog", "CheckRulePack", content_json="x" * 5_000_000)
    for file in sorted((DATA / "rule-packs").glob("*.json")):
        rule_pack(suite, manager, file.read_text(encoding="utf-8"))
    broken_pack(manager)
    templates(suite, manager)
    indicators(suite, manager)
    code_lists(suite, manager)
    effective(suite, manager)
    what_if(suite, manager)


def rule_pack(suite, manager, content: str) -> None:
    findings = manager.ask("catalog", "CheckRulePack", content_json=content).findings
    expect(len(findings), 0, "findings of a shipped pack")
    draft = manager.ask("catalog", "CreateRulePack", content_json=content).rule_pack
    expect(draft.content_sha256, hashlib.sha256(content.encode()).hexdigest(), "digest of the pack")
    active = manager.ask("catalog", "ActivateRulePack", name=draft.name, etag=draft.etag).rule_pack
    expect(active.state, suite.value("catalog", "RULE_PACK_STATE_ACTIVE"), "state of the pack")
    expect(active.content_json, content, "bytes of the pack")
    suite.say("CheckRulePack, CreateRulePack, ActivateRulePack", f"{active.name} {active.title}")
    manager.refused("STATE_FORBIDS", "catalog", "ActivateRulePack", name=active.name, etag=active.etag)


def broken_pack(manager) -> None:
    """Grade bands with a gap."""
    content = json.loads((DATA / "rule-packs" / "national-2021.json").read_text(encoding="utf-8"))
    content["code"] = "with-a-gap"
    del content["sections"]["grades"]["rule"]["bands"][1]
    text = json.dumps(content, ensure_ascii=False)
    check(len(manager.ask("catalog", "CheckRulePack", content_json=text).findings) > 0, "a gap without a finding")
    draft = manager.ask("catalog", "CreateRulePack", content_json=text).rule_pack
    refusal = manager.refused("RULE_PACK_UNFIT", "catalog", "ActivateRulePack", name=draft.name, etag=draft.etag)
    check("PreconditionFailure" in refusal.details, "the findings are not told")


def templates(suite, manager) -> None:
    names = []
    for file in sorted((DATA / "templates").glob("*.json")):
        for line in json.loads(file.read_text(encoding="utf-8")):
            rows = [{key: row[key] for key in ("level1", "level2")} | {"weight": yuan(row["weight"])}
                    for row in line["rows"]]
            if "execution_weight" in line:
                rows.append({"level1": "预算执行率", "weight": yuan(line["execution_weight"])})
            template = {key: line[key] for key in ("code", "title", "year_from", "generation", "document")}
            template |= {"object_kind": object_kind(suite, line), "layer": NATION, "rows": rows}
            template["note"] = line.get("note", "")
            made = manager.ask("catalog", "CreateTemplate", template=template).template
            expect(sum(number(row.weight) for row in made.rows), 100, "points of the template")
            names.append(made.name)
    manager.refused("STATE_FORBIDS", "catalog", "ActivateTemplates", names=names)
    manager.ask("catalog", "SubmitTemplates", names=names)
    active = manager.ask("catalog", "ActivateTemplates", names=names).templates
    suite.say("CreateTemplate, SubmitTemplates, ActivateTemplates", f"{len(active)} templates")
    template |= {"code": "too-light", "rows": rows[:1]}
    manager.refused("WEIGHTS_WRONG", "catalog", "CreateTemplate", template=template)
    manager.refused("NOT_FOUND", "catalog", "GetTemplate", name="templates/too-light")
    check(manager.ask("catalog", "GetTemplate", name=TEMPLATE).template.name == TEMPLATE, "the story's template")


def object_kind(suite, line: dict) -> int:
    kind = "special_bond" if line["object_type"] == "bond" else line["object_type"]
    return suite.value("common", f"OBJECT_KIND_{kind.upper()}")


def indicators(suite, manager) -> None:
    """One file is compared, imported, and compared again: then there is nothing new in it."""
    text = (DATA / "indicators" / "common-project-2020.json").read_text(encoding="utf-8")
    lines = json.loads(text)
    file = {"layer": NATION, "content_json": text, "reason": "国家共性指标"}
    compared = manager.ask("catalog", "ImportIndicators", validate_only=True, **file)
    imported = manager.ask("catalog", "ImportIndicators", **file)
    expect([compared.new_count, imported.new_count], [len(lines)] * 2, "new indicators")
    expect(manager.ask("catalog", "ImportIndicators", **file).unchanged_count, len(lines), "unchanged indicators")
    names = [row.name for row in imported.rows]
    manager.refused("STATE_FORBIDS", "catalog", "ActivateIndicators", names=names)
    manager.ask("catalog", "SubmitIndicators", names=names)
    active = manager.ask("catalog", "ActivateIndicators", names=names).indicators
    expect(len(active), len(lines), "indicators in force")
    suite.say("ImportIndicators, SubmitIndicators, ActivateIndicators", f"{len(active)} indicators")
    taken = {"code": lines[0]["code"], "title": "另一个指标", "level1": "决策", "document": "local", "layer": NATION,
             "object_kind": object_kind(suite, lines[0]), "nature": suite.value("catalog", "NATURE_QUALITATIVE")}
    manager.refused("ALREADY_EXISTS", "catalog", "BatchCreateIndicators", indicators=[taken])
    found = manager.pages("catalog", "SearchIndicators", "indicators", query="完成 率", layer=COUNTY)
    check(any(one.title == "实际完成率" for one in found), "实际完成率 is not found")
    suite.say("SearchIndicators 完成 率", ", ".join(one.title for one in found))


def code_lists(suite, manager) -> None:
    """Accounts by budget year: the second file is the second revision."""
    for file in sorted((DATA / "code-lists").glob("functional-accounts-*.json")):
        text = file.read_text(encoding="utf-8")
        drafted = manager.ask("catalog", "ImportCodeList", layer=NATION, content_json=text, reason="代码表").code_list
        for step in ("SubmitCodeLists", "ActivateCodeLists"):
            manager.ask("catalog", step, names=[drafted.name])
    titles = [manager.ask("catalog", "ListCodes", code_list=drafted.name, region=COUNTY, year=year, parent="213").codes[0]
              .code.title for year in (2021, 2022)]
    check(titles[0] != titles[1], f"an account renamed in 2022 has one name: {titles}")
    suite.say("ImportCodeList, SubmitCodeLists, ActivateCodeLists, ListCodes", f"21305: {titles[0]}, {titles[1]}")


def effective(suite, manager) -> None:
    """Which pack is in force depends on the day."""
    kind = suite.value("common", "OBJECT_KIND_PROJECT")
    for date, wanted in (("2021-06-30", "rulePacks/national-2020@1"), ("2021-12-31", "rulePacks/national-2021@1")):
        pack = manager.ask(
            "catalog", "GetEffectiveRulePack", region=COUNTY, date=day(date), object_kind=kind).rule_pack
        packs = {origin.rule_pack for origin in pack.origins}
        check(wanted in packs, f"{wanted} is not in force on {date}: {packs}")
        suite.say(f"GetEffectiveRulePack on {date}", f"{', '.join(sorted(packs))}, {len(pack.origins)} rules")
    manager.refused("RULE_PACK_UNFIT", "catalog", "GetEffectiveRulePack", region=COUNTY, date=day("1999-01-01"),
                    object_kind=kind)


def what_if(suite, manager) -> None:
    """75 % executed earn their share of 10 points under the pack in force, and a band under another one tried out."""
    text = (DATA / "rule-packs" / "variants" / "national-banded-101.json").read_text(encoding="utf-8")
    banded = manager.ask("catalog", "CreateRulePack", content_json=text).rule_pack.name
    row = {"code": "1", "level1": "产出指标", "level2": "数量指标", "title": "改造供水管网长度", "target_text": "≥12公里",
           "actual_text": "12公里", "weight": yuan("90"), "nature": suite.value("catalog", "NATURE_QUANTITATIVE"),
           "direction": suite.value("catalog", "DIRECTION_HIGHER_BETTER")}
    money = {"initial_yuan": "1800000.00", "budget_yuan": "1800000.00", "executed_yuan": "1350000.00"}
    table = {"region": COUNTY, "date": day("2021-12-31"), "object_kind": suite.value("common", "OBJECT_KIND_PROJECT"),
             "rows": [row], "money": {key: yuan(amount) for key, amount in money.items()}}
    for packs, wanted in (([], "97.50"), (["rulePacks/national-2021@1", banded], "95.00")):
        card = manager.ask("catalog", "ScoreTable", rule_packs=packs, **table).scorecard
        expect([one.code for one in card.rows], ["1", "execution"], "rows of the scorecard")
        expect(number(card.total), decimal.Decimal(wanted), f"total under {packs or 'the packs in force'}")
        check(all(one.explanation.steps[0].document for one in card.rows), "a score cites no document")
        suite.say(f"ScoreTable under {' and '.join(packs) or 'the packs in force'}", card.rows[1].explanation.text)
    row["actual_text"] = ""
    manager.refused("NOT_SCORABLE", "catalog", "ScoreTable", **table)
