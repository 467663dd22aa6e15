//! What the contract promises of itself, read off its descriptors.

use hengji_proto::descriptors;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, ServiceDescriptor};

/// Our own messages, nested ones among them.
fn messages() -> impl Iterator<Item = MessageDescriptor> {
    descriptors().all_messages().filter(|message| message.full_name().starts_with("hengji."))
}

fn fields() -> impl Iterator<Item = FieldDescriptor> {
    messages().flat_map(|message| message.fields().collect::<Vec<_>>())
}

fn services() -> impl Iterator<Item = ServiceDescriptor> {
    descriptors().services().filter(|service| service.full_name().starts_with("hengji."))
}

/// Full names of the fields that break a rule.
fn breaking(rule: impl Fn(&FieldDescriptor) -> bool) -> Vec<String> {
    fields().filter(|field| !rule(field)).map(|field| field.full_name().to_owned()).collect()
}

fn is_message(field: &FieldDescriptor, name: &str) -> bool {
    matches!(field.kind(), Kind::Message(message) if message.full_name() == name)
}

#[test]
fn the_contract_is_there() {
    assert!(services().count() > 20, "{}", services().count());
    assert!(fields().count() > 500, "{}", fields().count());
}

#[test]
fn no_number_is_a_float() {
    assert_eq!(breaking(|field| !matches!(field.kind(), Kind::Float | Kind::Double)), Vec::<String>::new());
}

#[test]
fn money_and_rates_are_decimals() {
    let exact = ["_yuan", "_percent", "_points"];
    let rule = |field: &FieldDescriptor| {
        !exact.iter().any(|ending| field.name().ends_with(ending)) || is_message(field, "google.type.Decimal")
    };
    assert_eq!(breaking(rule), Vec::<String>::new());
}

#[test]
fn days_are_dates_and_instants_are_timestamps() {
    let rule = |field: &FieldDescriptor| match field.name() {
        name if name.ends_with("_date") => is_message(field, "google.type.Date"),
        name if name.ends_with("_time") => is_message(field, "google.protobuf.Timestamp"),
        _ => true,
    };
    assert_eq!(breaking(rule), Vec::<String>::new());
}

/// Reads one rule such as `uuid` out of the `string` rules of a field.
fn string_rule(field: &FieldDescriptor, rule: &str) -> Option<prost_reflect::Value> {
    let extension = descriptors().get_extension_by_name("buf.validate.field")?;
    let options = field.options();
    let rules = options.get_extension(&extension);
    let of_type = rules.as_message()?.get_field_by_name("string")?;
    of_type.as_message()?.get_field_by_name(rule).map(std::borrow::Cow::into_owned)
}

#[test]
fn every_request_id_is_a_uuid_and_comes_first() {
    let requests: Vec<_> = fields().filter(|field| field.name() == "request_id").collect();
    assert!(requests.len() > 40, "{}", requests.len());
    // the journal repeats it in its entries
    for field in requests.iter().filter(|field| field.parent_message().name() != "JournalEntry") {
        let uuid = string_rule(field, "uuid").and_then(|rule| rule.as_bool());
        assert_eq!((uuid, field.number()), (Some(true), 1), "{}", field.full_name());
    }
}

#[test]
fn whoever_changes_a_record_says_which_one_they_read() {
    for field in fields().filter(|field| field.name() == "etag") {
        if field.parent_message().name().ends_with("Request") {
            let least = string_rule(&field, "min_len").and_then(|rule| rule.as_u64());
            assert_eq!(least, Some(1), "{}", field.full_name());
        }
    }
}

#[test]
fn every_change_can_be_tried_without_effect() {
    let rule = |field: &FieldDescriptor| {
        let message = field.parent_message();
        field.name() != "request_id"
            || !message.name().ends_with("Request")
            || message.get_field_by_name("validate_only").is_some()
    };
    assert_eq!(breaking(rule), Vec::<String>::new());
}

/// The comment before what lies at `path` in its file.
fn comment(service: &ServiceDescriptor, path: &[i32]) -> String {
    let file = service.parent_file();
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let locations = info.map(|info| info.location.as_slice()).unwrap_or_default();
    locations
        .iter()
        .find(|location| location.path == path)
        .map(|location| location.leading_comments().trim().to_owned())
        .unwrap_or_default()
}

#[test]
fn every_service_and_every_call_is_explained() {
    let mut unexplained = Vec::new();
    for service in services() {
        if comment(&service, service.path()).is_empty() {
            unexplained.push(service.full_name().to_owned());
        }
        for method in service.methods().filter(|method| comment(&service, method.path()).is_empty()) {
            unexplained.push(method.full_name().to_owned());
        }
    }
    assert_eq!(unexplained, Vec::<String>::new());
}

/// A refusal is part of the contract: whoever changes something is told how it may be refused.
#[test]
fn every_call_that_changes_something_lists_its_errors() {
    let mut silent = Vec::new();
    for service in services() {
        for method in
            service.methods().filter(|method| method.input().get_field_by_name("request_id").is_some())
        {
            let comment = comment(&service, method.path());
            let listed = comment.contains("Errors:");
            if !listed {
                silent.push(method.full_name().to_owned());
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}
