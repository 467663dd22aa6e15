use hengji_testkit::databases;

use hengji_db::Value;
use hengji_kernel::Timestamp;

use super::*;
use crate::MIGRATIONS;
use crate::domain::{Payment, PaymentRow, ProjectKey};

const NOW: Timestamp = Timestamp(0);

fn payment(voucher: &str, fen: i64, corrects: &str) -> Payment {
    Payment {
        row: PaymentRow {
            voucher: voucher.into(),
            project: ProjectKey::parse("regions/640323000/years/2021/projects/P1").unwrap(),
            amount: Money::from_fen(fen),
            pay_date: "2021-03-01".parse().unwrap(),
            payee: String::new(),
            note: String::new(),
            functional_account: String::new(),
            economic_account: String::new(),
            corrects: corrects.into(),
        },
        unit: "219001".parse().unwrap(),
    }
}

#[tokio::test]
async fn corrections_of_before_they_were_added_up_are_added_up_too() {
    for database in databases().await.unwrap() {
        let db = database.open("monitoring").await.unwrap();
        db.migrate(&MIGRATIONS[..5]).await.unwrap();
        let mut tx = db.write().await.unwrap();
        for payment in [payment("V1", 1000, ""), payment("C1", -300, "V1"), payment("C2", -200, "V1")] {
            // as it was stored by the version before, whose table has no column for it
            let columns = payment.columns().into_iter().filter(|(column, _)| *column != "corrects");
            let (names, values): (Vec<&str>, Vec<Value>) = columns.unzip();
            let head = format!(
                "insert into payment (name, version, body, created_at, updated_at, {}) values",
                names.join(", ")
            );
            let body = serde_json::to_string(&payment).unwrap();
            let mut row: Vec<Value> =
                vec![payment.name().into(), 1_i64.into(), body.into(), NOW.into(), NOW.into()];
            row.extend(values);
            tx.bulk(&head, &[row], "").await.unwrap();
        }
        tx.commit().await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let mut tx = db.write().await.unwrap();
        tx.insert(&payment("C3", -100, "V1"), NOW).await.unwrap();
        let names = [payment("V1", 1000, "").name(), payment("C1", -300, "V1").name()];
        let found = taken_back(&mut tx, &names).await.unwrap();
        assert_eq!(found, HashMap::from([(names[0].clone(), Money::from_fen(600))]), "{}", database.label());
        drop(tx);
        db.close().await;
        database.remove().await.unwrap();
    }
}
