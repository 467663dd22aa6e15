//! Who may call what.

use hengji_rpc::Access::{self, Permission};

const READ: &str = "catalog.read";
const MANAGE: &str = "catalog.manage";
const ACTIVATE: &str = "catalog.activate";
const COUNT: &str = "catalog.count";

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.catalog.v1.IndicatorService/BatchCreateIndicators", Permission(MANAGE)),
    ("/hengji.catalog.v1.IndicatorService/ImportIndicators", Permission(MANAGE)),
    ("/hengji.catalog.v1.IndicatorService/SubmitIndicators", Permission(MANAGE)),
    ("/hengji.catalog.v1.IndicatorService/ReturnIndicators", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.IndicatorService/ActivateIndicators", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.IndicatorService/ReviseIndicator", Permission(MANAGE)),
    ("/hengji.catalog.v1.IndicatorService/ProposeIndicator", Permission(MANAGE)),
    ("/hengji.catalog.v1.IndicatorService/PromoteIndicator", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.IndicatorService/DeclineIndicatorProposal", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.IndicatorService/GetEffectiveIndicator", Permission(READ)),
    ("/hengji.catalog.v1.IndicatorService/RetireIndicator", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.IndicatorService/GetIndicator", Permission(READ)),
    ("/hengji.catalog.v1.IndicatorService/BatchGetIndicators", Permission(READ)),
    ("/hengji.catalog.v1.IndicatorService/ListIndicators", Permission(READ)),
    ("/hengji.catalog.v1.IndicatorService/SearchIndicators", Permission(READ)),
    ("/hengji.catalog.v1.IndicatorService/SuggestIndicators", Permission(READ)),
    ("/hengji.catalog.v1.FormulaService/ListFormulas", Permission(READ)),
    ("/hengji.catalog.v1.FormulaService/ComputeFormula", Permission(READ)),
    ("/hengji.catalog.v1.TemplateService/CreateTemplate", Permission(MANAGE)),
    ("/hengji.catalog.v1.TemplateService/ReviseTemplate", Permission(MANAGE)),
    ("/hengji.catalog.v1.TemplateService/SubmitTemplates", Permission(MANAGE)),
    ("/hengji.catalog.v1.TemplateService/ReturnTemplates", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.TemplateService/ActivateTemplates", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.TemplateService/RetireTemplate", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.TemplateService/GetTemplate", Permission(READ)),
    ("/hengji.catalog.v1.TemplateService/ListTemplates", Permission(READ)),
    ("/hengji.catalog.v1.CodeListService/ImportCodeList", Permission(MANAGE)),
    ("/hengji.catalog.v1.CodeListService/SubmitCodeLists", Permission(MANAGE)),
    ("/hengji.catalog.v1.CodeListService/ReturnCodeLists", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.CodeListService/ActivateCodeLists", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.CodeListService/RetireCodeList", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.CodeListService/GetCodeList", Permission(READ)),
    ("/hengji.catalog.v1.CodeListService/ListCodeLists", Permission(READ)),
    ("/hengji.catalog.v1.CodeListService/ListCodes", Permission(READ)),
    ("/hengji.catalog.v1.IndicatorUsageService/RecordIndicatorUse", Permission(COUNT)),
    ("/hengji.catalog.v1.IndicatorUsageService/ListIndicatorUsage", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/CreateRulePack", Permission(MANAGE)),
    ("/hengji.catalog.v1.RulePackService/CheckRulePack", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/ActivateRulePack", Permission(ACTIVATE)),
    ("/hengji.catalog.v1.RulePackService/GetRulePack", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/ListRulePacks", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/GetEffectiveRulePack", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/ScoreTable", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/CompareScores", Permission(READ)),
    ("/hengji.catalog.v1.RulePackService/ScoreTables", Permission(READ)),
];
