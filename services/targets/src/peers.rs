//! What targets asks of others: the rules in force, the template a target's weights follow, and the accounts of a year.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hengji_kernel::{Date, Decimal, FiscalYear, RegionCode};
use hengji_proto::catalog::v1::code_list_service_client::CodeListServiceClient;
use hengji_proto::catalog::v1::indicator_service_client::IndicatorServiceClient;
use hengji_proto::catalog::v1::indicator_usage_service_client::IndicatorUsageServiceClient;
use hengji_proto::catalog::v1::template_service_client::TemplateServiceClient;
use hengji_proto::catalog::v1::{
    BatchGetIndicatorsRequest, GetTemplateRequest, IndicatorState, LibraryState, ListCodesRequest,
    RecordIndicatorUseRequest, SuggestIndicatorsRequest, TargetTemplate,
};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1::SuggestedIndicator;
use hengji_rpc::call::derived_request_id;
use hengji_rpc::{Call, Fault, Link, Peers, RuleBook, convert as words};
use hengji_rules::EffectivePack;
use hengji_rules::pack::{Cited, LevelWeight, QualityCheck, WeightTemplate};
use tonic::Code;

use crate::domain::{Accounts, Listing};

/// Which rules: a place, a day of the budget year, an object, and the template named, if any.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RulesFor {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) day: Date,
    pub(crate) object_kind: ObjectKind,
    pub(crate) template: String,
}

/// Rules in force, by question.
pub(crate) type Packs = BTreeMap<RulesFor, Arc<EffectivePack>>;

/// The functional accounts of catalog's library.
const ACCOUNTS: &str = "codeLists/functional-accounts";
/// An account list put in force is known everywhere after this.
const KEPT: Duration = Duration::from_secs(60);
const CODES_A_PAGE: i32 = 1000;

type KeptAccounts = BTreeMap<(RegionCode, FiscalYear), (Instant, Arc<Accounts>)>;

#[derive(Clone)]
pub(crate) struct Catalog {
    book: RuleBook,
    link: Link,
    accounts: Arc<Mutex<KeptAccounts>>,
}

impl Catalog {
    pub(crate) fn new(peers: &Peers) -> Result<Self, Fault> {
        Ok(Self { book: RuleBook::new(peers)?, link: peers.link("catalog")?, accounts: Arc::default() })
    }

    /// The rules in force. A named template takes the place of the pack's own weight templates and of the level-1 groups it
    /// requires: a county may fill another generation of forms, or one with groups and sums of its own.
    pub(crate) async fn rules(&self, call: &Call, wanted: &RulesFor) -> Result<Arc<EffectivePack>, Fault> {
        let pack = self.book.effective(call, &wanted.region, wanted.day, wanted.object_kind).await?;
        if wanted.template.is_empty() {
            return Ok(pack);
        }
        let weights = self.template(call, wanted).await?;
        let mut pack = EffectivePack::clone(&pack);
        pack.rules.weights = vec![weights];
        for rule in &mut pack.rules.target_quality {
            if let QualityCheck::RequiredLevels { level1, .. } = &mut rule.rule.check {
                level1.clear(); // the weights demand every group of the template
            }
        }
        Ok(Arc::new(pack))
    }

    /// The answers to several questions, each asked once.
    pub(crate) async fn all_rules(&self, call: &Call, wanted: BTreeSet<RulesFor>) -> Result<Packs, Fault> {
        let mut packs = Packs::new();
        for wanted in wanted {
            let pack = self.rules(call, &wanted).await?;
            packs.insert(wanted, pack);
        }
        Ok(packs)
    }

    /// Active indicators of the catalog that suit what is described, best first.
    pub(crate) async fn suggest(
        &self,
        call: &Call,
        wanted: &RulesFor,
        described: &str,
        level1: &str,
    ) -> Result<Vec<SuggestedIndicator>, Fault> {
        let request = SuggestIndicatorsRequest {
            description: described.to_owned(),
            layer: wanted.region.to_string(),
            object_kind: wanted.object_kind.into(),
            level1: level1.to_owned(),
            date: Some(words::date(wanted.day)),
            limit: SUGGESTED_AT_MOST,
            ..Default::default()
        };
        let mut client = IndicatorServiceClient::new(self.link.clone());
        let answer = client.suggest_indicators(call.onward(request)).await?.into_inner();
        let suggested = answer.suggestions.into_iter().map(|suggestion| {
            let indicator = suggestion.indicator.unwrap_or_default();
            SuggestedIndicator {
                indicator: indicator.name,
                title: indicator.title,
                unit: indicator.unit,
                reason: suggestion.reason,
            }
        });
        Ok(suggested.collect())
    }

    /// Those of the named indicators that the library has, as they are now.
    pub(crate) async fn indicators(
        &self,
        call: &Call,
        names: BTreeSet<String>,
    ) -> Result<BTreeMap<String, Listing>, Fault> {
        let mut client = IndicatorServiceClient::new(self.link.clone());
        let mut listed = BTreeMap::new();
        let names: Vec<String> = names.into_iter().collect();
        for chunk in names.chunks(INDICATORS_A_QUESTION) {
            let request = BatchGetIndicatorsRequest { names: chunk.to_vec() };
            let answer = client.batch_get_indicators(call.onward(request)).await?.into_inner();
            for indicator in answer.indicators {
                let active = indicator.state() == IndicatorState::Active;
                let layer = indicator.layer.parse().map_err(Fault::internal)?;
                listed.insert(indicator.name, Listing { title: indicator.title, active, layer });
            }
        }
        Ok(listed)
    }

    /// Refuses a template that is out of use: a target begun with it keeps it, a new one may not choose it.
    pub(crate) async fn demand_offered(&self, call: &Call, wanted: &RulesFor) -> Result<(), Fault> {
        if wanted.template.is_empty() {
            return Ok(());
        }
        let template = self.named_template(call, wanted).await?;
        match template.state() {
            LibraryState::Retired => Err(Fault::field(FIELD, format!("模板“{}”已停用", template.title))),
            _ => Ok(()),
        }
    }

    /// Says which common indicators an approved version of a target uses; a repeat changes nothing.
    pub(crate) async fn record_use(
        &self,
        call: &Call,
        target: &str,
        version: i32,
        indicators: BTreeSet<String>,
    ) -> Result<(), Fault> {
        let request = RecordIndicatorUseRequest {
            request_id: derived_request_id(target, &format!("use of version {version}")),
            validate_only: false,
            target: target.to_owned(),
            target_version: version,
            indicators: indicators.into_iter().collect(),
        };
        let mut client = IndicatorUsageServiceClient::new(self.link.clone());
        client.record_indicator_use(call.onward(request)).await?;
        Ok(())
    }

    /// The named template as it is in force for the target's budget year.
    async fn named_template(&self, call: &Call, wanted: &RulesFor) -> Result<TargetTemplate, Fault> {
        let request =
            GetTemplateRequest { name: wanted.template.clone(), revision: 0, year: wanted.year.number() };
        let mut client = TemplateServiceClient::new(self.link.clone());
        let answer =
            client.get_template(call.onward(request)).await.map_err(|status| match status.code() {
                Code::NotFound => {
                    let message = format!("指标库没有 {} 年度可用的模板 {}", wanted.year, wanted.template);
                    Fault::field(FIELD, message)
                }
                _ => Fault::from(status),
            })?;
        Ok(answer.into_inner().template.unwrap_or_default())
    }

    /// The functional accounts (支出功能分类科目) of a year as a region has them, kept for a moment; none where catalog has no list.
    pub(crate) async fn accounts(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Arc<Accounts>, Fault> {
        let key = (region.clone(), year);
        if let Some((since, accounts)) = self.kept().get(&key)
            && since.elapsed() < KEPT
        {
            return Ok(Arc::clone(accounts));
        }
        let accounts = Arc::new(self.ask_accounts(call, region, year).await?);
        let mut kept = self.kept();
        kept.retain(|_, (since, _)| since.elapsed() < KEPT);
        kept.insert(key, (Instant::now(), Arc::clone(&accounts)));
        Ok(accounts)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, KeptAccounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask_accounts(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Accounts, Fault> {
        let mut client = CodeListServiceClient::new(self.link.clone());
        let mut request = ListCodesRequest {
            code_list: ACCOUNTS.into(),
            region: region.to_string(),
            year: year.number(),
            page_size: CODES_A_PAGE,
            ..Default::default()
        };
        let mut codes = vec![];
        loop {
            let answer = match client.list_codes(call.onward(request.clone())).await {
                Ok(answer) => answer.into_inner(),
                Err(status) if status.code() == Code::NotFound => return Ok(Accounts::default()),
                Err(status) => return Err(status.into()),
            };
            codes.extend(answer.codes.into_iter().filter_map(|one| one.code).map(|code| code.code));
            if answer.next_page_token.is_empty() {
                return Ok(codes.into_iter().collect());
            }
            request.page_token = answer.next_page_token;
        }
    }

    async fn template(&self, call: &Call, wanted: &RulesFor) -> Result<Cited<WeightTemplate>, Fault> {
        let template = self.named_template(call, wanted).await?;
        if template.object_kind() != wanted.object_kind {
            return Err(Fault::field(FIELD, format!("模板“{}”不适用于该类对象", template.title)));
        }
        weights(&template)
    }
}

/// Indicators asked about in one call.
const INDICATORS_A_QUESTION: usize = 500;

/// Indicators suggested in the place of one.
const SUGGESTED_AT_MOST: i32 = 3;

const FIELD: &str = "target.template";

/// The row of a template that holds the points of the execution rate.
const EXECUTION_ROW: &str = "预算执行率";

fn weights(template: &TargetTemplate) -> Result<Cited<WeightTemplate>, Fault> {
    let mut level1 = Vec::with_capacity(template.rows.len());
    let mut sum = Decimal::ZERO;
    // the execution rate has points of its own and no indicators: what the other rows leave of 100
    for row in template.rows.iter().filter(|row| row.level1 != EXECUTION_ROW) {
        let points = words::require_decimal(FIELD, row.weight.as_ref())?;
        sum = sum.saturating_add(points);
        level1.push(LevelWeight { level1: row.level1.clone(), points });
    }
    let rule = WeightTemplate {
        title: template.title.clone(),
        object_types: vec![],
        full: Decimal::ONE_HUNDRED,
        execution: Decimal::ONE_HUNDRED.saturating_sub(sum),
        level1,
    };
    let document = template.document.clone();
    Ok(Cited { id: template.code.clone(), document, note: None, confidence: None, rule, origin: None })
}
