//! Settings, provider records, covers and what was spent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shiwen_core::{Allowance, Charged, ProviderId, Unit};
use shiwen_store::{ProviderRecord, Spent};

use crate::fixture::{Situation as From, *};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Settings {
    theme: String,
    size: u32,
}

fn record() -> ProviderRecord {
    ProviderRecord {
        settings: BTreeMap::from([("base_url".to_owned(), "https://api.example".to_owned())]),
        saved: BTreeMap::from([
            ("token".to_owned(), Some("1c7a".to_owned())),
            ("short".to_owned(), None),
        ]),
        allowance: Some(Allowance {
            unit: Unit::Use,
            left: Some(41),
            total: None,
            period: Some("daily".to_owned()),
            learned_at: at(5),
        }),
        slots: Some(3),
        running: Some(2),
        daily_limit: Some(50),
        limit_lifted_until: None,
        checked_at: Some(at(6)),
        check_failure: Some(failure(Charged::No)),
    }
}

#[test]
fn settings_come_back_after_a_restart() {
    let history = History::new();
    let dark = Settings { theme: "dark".to_owned(), size: 17 };
    history.store.save_setting("look", &Settings { size: 1, ..Settings::default() }).unwrap();
    history.store.save_setting("look", &dark).unwrap();
    let history = history.reopened();
    assert_eq!(history.store.setting::<Settings>("look").unwrap(), dark);
    assert_eq!(history.store.setting::<Settings>("other").unwrap(), Settings::default());
}

#[test]
fn unreadable_settings_are_as_good_as_none() {
    let history = History::new();
    for text in ["", "{", "[1,2]", "{\"theme\":7,\"size\":\"big\"}", "null"] {
        let sql = history.sql();
        let insert = "INSERT INTO settings (name, value) VALUES ('look', ?1)
                      ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        sql.execute(insert, [text]).unwrap();
        let insert = "INSERT INTO providers (provider, record) VALUES ('momoget', ?1)
                      ON CONFLICT (provider) DO UPDATE SET record = excluded.record";
        sql.execute(insert, [text]).unwrap();

        assert_eq!(history.store.setting::<Settings>("look").unwrap(), Settings::default());
        assert_eq!(history.store.provider(PROVIDER).unwrap(), ProviderRecord::default());
        let changed = history.store.change_provider(PROVIDER, |record| record.slots = Some(2));
        let expected = ProviderRecord { slots: Some(2), ..ProviderRecord::default() };
        assert_eq!(changed.unwrap(), expected, "{text:?}");
    }
}

#[test]
fn settings_of_an_older_version_get_the_defaults_of_what_they_lack() {
    let history = History::new();
    let insert =
        "INSERT INTO settings (name, value) VALUES ('look', '{\"theme\":\"dark\",\"gone\":1}')";
    history.sql().execute(insert, []).unwrap();
    let expected = Settings { theme: "dark".to_owned(), ..Settings::default() };
    assert_eq!(history.store.setting::<Settings>("look").unwrap(), expected);
}

#[test]
fn a_record_of_an_older_version_is_read_as_far_as_it_goes() {
    let history = History::new();
    let old = "{\"slots\":4,\"settings\":{\"region\":\"cn\"},\"gone_field\":true}";
    let insert = "INSERT INTO providers (provider, record) VALUES ('coze', ?1)";
    history.sql().execute(insert, [old]).unwrap();
    let record = history.store.provider(ProviderId::Coze).unwrap();
    assert_eq!((record.slots, record.settings["region"].as_str()), (Some(4), "cn"));
}

#[test]
fn provider_records_come_back_and_stay_apart() {
    let history = History::new();
    let changed = history.store.change_provider(PROVIDER, |kept| *kept = record()).unwrap();
    assert_eq!(changed, record());
    let history = history.reopened();
    assert_eq!(history.store.provider(PROVIDER).unwrap(), record());
    assert_eq!(history.store.provider(ProviderId::Coze).unwrap(), ProviderRecord::default());

    history.store.change_provider(PROVIDER, |record| record.slots = None).unwrap();
    let expected = ProviderRecord { slots: None, ..record() };
    assert_eq!(history.store.provider(PROVIDER).unwrap(), expected, "the rest stays");
}

#[test]
fn two_changes_of_a_record_at_once_lose_nothing() {
    let history = History::new();
    let other = history.other();
    std::thread::scope(|scope| {
        for store in [&history.store, &other] {
            scope.spawn(move || {
                for _ in 0..100 {
                    store
                        .change_provider(PROVIDER, |record| {
                            record.slots = Some(record.slots.unwrap_or(0) + 1);
                        })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(history.store.provider(PROVIDER).unwrap().slots, Some(200));
}

#[test]
fn covers_are_kept_and_replaced() {
    let history = History::new();
    let id = history.queued("1");
    assert_eq!(history.store.cover(id).unwrap(), None);
    history.store.save_cover(id, "image/png", &[0, 255, 7]).unwrap();
    let picture: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    history.store.save_cover(id, "image/webp", &picture).unwrap();
    let history = history.reopened();
    assert_eq!(history.store.cover(id).unwrap(), Some(("image/webp".to_owned(), picture)));
}

#[test]
fn what_was_spent_is_summed_per_provider_from_a_time_on() {
    let history = History::new();
    let spend = |name: &str, amount: Option<u32>, when: i64| {
        let (_, attempt) = history.submitting(name);
        let spent = Spent { unit: Unit::Second, amount, said: false, certain: true };
        let answer = answer("create");
        history.store.won_at_once(attempt, &won("1"), &spent, &answer, at(when)).unwrap();
    };
    spend("a", Some(63), 100);
    spend("b", Some(7), 200);
    spend("c", None, 300);
    let since = |when| history.store.spent_since(PROVIDER, at(when)).unwrap();
    assert_eq!([since(0), since(101), since(200), since(201)], [70, 7, 7, 0]);
    assert_eq!(history.store.spent_since(ProviderId::Coze, at(0)).unwrap(), 0);

    spend("d", Some(u32::MAX), 400);
    assert_eq!(since(0), u32::MAX, "more than can be said is said as the most");
}

#[test]
fn only_what_was_or_may_have_been_accepted_is_spent() {
    let history = History::new();
    let mut sum = 0;
    for from in From::ALL {
        history.in_situation(from, &format!("{from:?}"));
        let charged = !matches!(
            from,
            From::Queued | From::GaveUpSending | From::Submitting | From::CancelledBefore
        );
        sum += u32::from(charged);
        assert_eq!(history.store.spent_since(PROVIDER, at(0)).unwrap(), sum, "{from:?}");
    }
}
