//! Small words of the play: fields of the contract from text, and checks of what is answered.

use anyhow::{Context, bail, ensure};
use hengji_kernel::{Ids, SystemIds};
use hengji_proto::google::r#type::{Date, Decimal};
use hengji_rpc::Reason;
use tonic::{Response, Status};
use tonic_types::StatusExt;

pub(crate) fn request_id() -> String {
    SystemIds.next().to_string()
}

pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    (!text.is_empty()).then(|| Decimal { value: text.to_owned() })
}

/// The exact value of a decimal answered.
pub(crate) fn value(decimal: Option<&Decimal>) -> anyhow::Result<hengji_kernel::Decimal> {
    let text = &decimal.context("no decimal was answered")?.value;
    hengji_kernel::Decimal::from_str_exact(text).with_context(|| format!("`{text}` is no decimal"))
}

pub(crate) fn date(text: &str) -> anyhow::Result<Option<Date>> {
    let date: hengji_kernel::Date = text.parse()?;
    Ok(Some(Date { year: date.year(), month: date.month().into(), day: date.day().into() }))
}

/// The number of an enum value by the ending of its name, such as `one_off` of `PROJECT_NATURE_ONE_OFF`.
pub(crate) fn word(enumeration: &str, ending: &str) -> anyhow::Result<i32> {
    let descriptor = hengji_proto::descriptors()
        .get_enum_by_name(&format!("hengji.{enumeration}"))
        .with_context(|| format!("no enum {enumeration}"))?;
    let ending = format!("_{}", ending.to_uppercase());
    let number = descriptor
        .values()
        .filter(|value| value.name().ends_with(&ending))
        .min_by_key(|value| value.name().len())
        .map(|value| value.number());
    number.with_context(|| format!("no {ending} in {enumeration}"))
}

/// The message of a refusal; an error if the call was not refused, or for another reason.
pub(crate) fn refused<T>(answer: Result<Response<T>, Status>, reason: Reason) -> anyhow::Result<String> {
    let Err(status) = answer else { bail!("should have been refused with {}", reason.as_str_name()) };
    let told = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    ensure!(
        reason.as_str_name() == format!("ERROR_REASON_{told}"),
        "should have been refused with {}, not {told}: {status}",
        reason.as_str_name()
    );
    Ok(status.message().to_owned())
}

/// The record in an answer that must hold one.
pub(crate) fn there<T>(record: Option<T>) -> anyhow::Result<T> {
    record.context("the answer holds no record")
}
