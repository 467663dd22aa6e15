//! Other bodies near a given one: each differs in one value, wherever a value stands.

use prost_reflect::{DynamicMessage, Value};

/// Fields that make no other question of the same request.
const SPARED: [&str; 2] = ["request_id", "validate_only"];

/// In the order of the fields.
pub fn variants(message: &DynamicMessage) -> Vec<DynamicMessage> {
    let fields: Vec<_> = message.fields().map(|(field, value)| (field, value.clone())).collect();
    let mut variants = Vec::new();
    for (field, value) in fields.into_iter().filter(|(field, _)| !SPARED.contains(&field.name())) {
        for other in others(&value) {
            let mut variant = message.clone();
            variant.set_field(&field, other);
            variants.push(variant);
        }
    }
    variants
}

fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(flag) => vec![Value::Bool(!flag)],
        Value::I32(number) => vec![Value::I32(number + 1), Value::I32(number - 1)],
        Value::I64(number) => vec![Value::I64(number + 1), Value::I64(number - 1)],
        Value::U32(number) => vec![Value::U32(number + 1)],
        Value::U64(number) => vec![Value::U64(number + 1)],
        Value::EnumNumber(number) => vec![Value::EnumNumber(number + 1), Value::EnumNumber(number - 1)],
        Value::String(text) => changed(text).into_iter().map(Value::String).collect(),
        Value::Message(message) => variants(message).into_iter().map(Value::Message).collect(),
        Value::List(rows) => changed_rows(rows),
        _ => vec![],
    }
}

/// The first row changed, the last row changed, the last row left out.
fn changed_rows(rows: &[Value]) -> Vec<Value> {
    let Some(last) = rows.len().checked_sub(1) else { return vec![] };
    let mut lists = Vec::new();
    for index in if last == 0 { vec![0] } else { vec![0, last] } {
        for other in others(&rows[index]) {
            let mut list = rows.to_vec();
            list[index] = other;
            lists.push(Value::List(list));
        }
    }
    if last > 0 {
        lists.push(Value::List(rows[..last].to_vec()));
    }
    lists
}

/// Another last character of the same sort, so that codes stay codes and numbers numbers; a space, so that a document stays
/// one.
fn changed(text: &str) -> Vec<String> {
    let mut characters: Vec<char> = text.chars().collect();
    let other = match characters.pop() {
        Some('9') => '8',
        Some(last) if last.is_ascii_digit() => char::from(last as u8 + 1),
        Some('a') => 'b',
        Some(last) if last.is_ascii_lowercase() => 'a',
        _ => return vec![format!("{text}改"), format!("{text} ")],
    };
    characters.push(other);
    vec![characters.into_iter().collect()]
}

#[cfg(test)]
mod tests {
    use prost_reflect::DynamicMessage;
    use serde_json::json;

    use super::*;
    use crate::desk::find;

    #[test]
    fn changes_every_value_but_the_request_id() {
        let input = find("monitoring.PaymentService/PostPayment").unwrap().input();
        let body = json!({
            "request_id": "0190-1", "payment": { "voucher": "V9", "amount_yuan": { "value": "1.00" } },
        });
        let message = DynamicMessage::deserialize(input, body).unwrap();
        let texts: Vec<_> = variants(&message).iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 2);
        assert!(texts[0].contains("V8") && texts[1].contains("1.01"), "{texts:?}");
        assert!(texts.iter().all(|text| text.contains("0190-1")), "{texts:?}");
    }
}
