use super::*;

const DAY_MS: i64 = 86_400_000;

/// Reads as on 20 November 2026 in a place where days begin eight hours before they do in UTC.
fn read(text: &str) -> Query {
    let begin = |day: Day| Timestamp(day.number() * DAY_MS - 8 * 3_600_000);
    parse(text, &Days { today: Day { year: 2026, month: 11, day: 20 }, begin: &begin })
}

fn days(value: &str) -> Option<(Option<String>, Option<String>)> {
    let query = read(&format!("日期:{value}"));
    let name = |at: Timestamp| {
        let day = Day::from_number((at.0 + 8 * 3_600_000) / DAY_MS);
        format!("{}-{:02}-{:02}", day.year, day.month, day.day)
    };
    let filter = query.filter;
    query.unknown.is_empty().then(|| (filter.from.map(name), filter.until.map(name)))
}

#[test]
fn words_stand_apart_and_quotes_keep_them_together() {
    assert_eq!(read("  红烧肉　gpt-5\n12:30 ").words, ["红烧肉", "gpt-5", "12:30"]);
    assert_eq!(read("\"今天 天气\" 好").words, ["今天 天气", "好"]);
    assert_eq!(read("“今天 天气” 「a b」＂c d＂").words, ["今天 天气", "a b", "c d"]);
    assert_eq!(read("\"平台:抖音\"").words, ["平台:抖音"]);
    assert_eq!(read("\"没有 关上").words, ["没有 关上"]);
    assert_eq!(read("5\"屏").words, ["5\"屏"]);
    assert_eq!(read("好 好 \"\" \"  \"").words, ["好"]);
    assert_eq!(read(" 　\n"), Query::default());
}

#[test]
fn filters_are_read_in_both_languages_and_widths() {
    for text in ["平台:抖音", "平台：抖音", "PLATFORM:Douyin", "platform：douyin", "平台:\"抖音\""]
    {
        assert_eq!(read(text).filter.platforms, [Platform::Douyin], "{text}");
    }
    let query =
        read("教程 服务商:coze 操作:转写 状态:失败,已取消 收藏:是 文案：无 标签:做菜 tag:\"a b\"");
    assert_eq!(query.words, ["教程"]);
    assert_eq!(query.unknown, [""; 0]);
    let filter = query.filter;
    assert_eq!(filter.providers, [ProviderId::Coze]);
    assert_eq!(filter.operations, [Operation::Transcribe]);
    assert_eq!(filter.states, [TaskState::Failed, TaskState::Cancelled]);
    assert_eq!((filter.starred, filter.has_text), (Some(true), Some(false)));
    assert_eq!(filter.tags, ["做菜", "a b"]);
    assert_eq!(read("状态:进行中").filter.states, ACTIVE);
    assert_eq!(read("平台:抖音 平台:快手、抖音").filter.platforms.len(), 2);
}

#[test]
fn the_programs_own_words_name_everything() {
    for platform in Platform::ALL {
        assert_eq!(read(&format!("平台:{platform}")).filter.platforms, [*platform]);
    }
    for provider in ProviderId::ALL {
        assert_eq!(read(&format!("服务商:{provider}")).filter.providers, [*provider]);
    }
    for operation in Operation::ALL {
        assert_eq!(read(&format!("操作:{operation}")).filter.operations, [*operation]);
    }
    for state in TaskState::ALL {
        assert_eq!(read(&format!("状态:{state}")).filter.states, [*state]);
    }
}

#[test]
fn every_word_of_the_tables_is_read_as_what_it_stands_for() {
    for (platform, words) in PLATFORMS {
        words.iter().for_each(|word| assert_eq!(one(word, PLATFORMS), Some(vec![*platform])));
    }
    for (operation, words) in OPERATIONS {
        words.iter().for_each(|word| assert_eq!(one(word, OPERATIONS), Some(vec![*operation])));
    }
    for (state, words) in STATES {
        words.iter().for_each(|word| assert_eq!(one(word, STATES), Some(vec![*state])));
    }
    for (provider, words) in PROVIDERS {
        words.iter().for_each(|word| assert_eq!(one(word, PROVIDERS), Some(vec![*provider])));
    }
}

#[test]
fn what_looks_like_a_filter_and_is_none_is_a_word_and_is_said() {
    for text in ["平台:抖", "状态：失", "平台:", "日期:2026-13", "收藏:也许", "平台:抖音,x"]
    {
        let query = read(text);
        assert_eq!(query.unknown, [text]);
        assert_eq!(query.words, [text]);
        assert_eq!(query.filter, Filter::default(), "{text}");
    }
    let query = read("https://v.douyin.com/x 作者:老周");
    assert_eq!(query.unknown, [""; 0]);
    assert_eq!(query.words, ["https://v.douyin.com/x", "作者:老周"]);
}

#[test]
fn dates_are_the_users_days() {
    let some = |from: &str, until: &str| {
        let day = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some((day(from), day(until)))
    };
    assert_eq!(days("今天"), some("2026-11-20", "2026-11-21"));
    assert_eq!(days("Yesterday"), some("2026-11-19", "2026-11-20"));
    assert_eq!(days("7天"), some("2026-11-14", "2026-11-21"));
    assert_eq!(days("1d"), days("today"));
    assert_eq!(days("2026"), some("2026-01-01", "2027-01-01"));
    assert_eq!(days("2026-12"), some("2026-12-01", "2027-01-01"));
    assert_eq!(days("2024/2"), some("2024-02-01", "2024-03-01"));
    assert_eq!(days("2026-11-03"), some("2026-11-03", "2026-11-04"));
    assert_eq!(days("2026-11-01..2026-11-20"), some("2026-11-01", "2026-11-21"));
    assert_eq!(days("２０２６－１１～２０２６－１２"), some("2026-11-01", "2027-01-01"));
    assert_eq!(days("..2026-10"), some("", "2026-11-01"));
    assert_eq!(days("2026-11-03.."), some("2026-11-03", ""));
    for wrong in ["", "..", "0天", "天", "26-11", "2026-11-31", "2026-12..2026-11", "2026-1-1-1"]
    {
        assert_eq!(days(wrong), None, "{wrong}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(平台|日期|标签|tag)?[:：\"“”「」＂.~,\\-0-9天 　\\PC]{0,40}") {
        let query = read(&text);
        proptest::prop_assert!(query.unknown.iter().all(|part| query.words.contains(part)));
    }
}
