//! Writes a history of invented tasks, as the program would have left it after years, straight into the tables: through
//! the store every one of its tasks would be ten commits.

use std::{fs, path::Path, time::Instant};

use rusqlite::{Connection, Transaction, named_params};
use shiwen_core::{
    CancelCause, Charged, Desk, Failure, FailureKind, Link, LinkKind, Operation, Outcome, Platform,
    ProviderId, TaskState, TranscriptKind, Unit, count_words,
};
use shiwen_store::Store;

use crate::{
    dice::Dice,
    language::{Language, Subject},
};

/// Characters of a text.
const LENGTH: usize = 600;
/// The last of them was made here, 15 November 2026, and one every five minutes before.
const END: i64 = 1_794_700_800_000;
const STEP: i64 = 300_000;
const AT_ONCE: usize = 10_000;
/// A word that one task in a hundred has, and no other: whoever looks for it knows what must be found.
const PLANTED: &str = "麒麓";
const PLANTED_EVERY: usize = 100;

/// Makes `folder` with so many tasks. What another run left unfinished is begun anew.
pub(crate) fn make(folder: &Path, tasks: usize) {
    let part = folder.with_extension("part");
    let _ = fs::remove_dir_all(&part);
    drop(Store::open(&part).unwrap());
    let begin = Instant::now();
    rows(&part, tasks);
    println!("make.rows {:.1} s", begin.elapsed().as_secs_f64());

    let begin = Instant::now();
    let store = Store::open(&part).unwrap();
    let mut told = 0;
    store
        .rebuild_index(&mut |done| {
            if done >= told + 50_000 {
                told = done;
                eprintln!("{done} tasks are indexed");
            }
        })
        .unwrap();
    println!("make.index {:.1} s", begin.elapsed().as_secs_f64());
    store.close();
    drop(store);
    let _ = fs::remove_dir_all(folder);
    fs::rename(part, folder).unwrap();
}

fn rows(folder: &Path, tasks: usize) {
    let mut sql = Connection::open(folder.join("shiwen.db")).unwrap();
    // Nothing is lost by a crash: what is half made is made again.
    sql.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA temp_store = FILE",
    )
    .unwrap();
    let late = without_triggers_and_indexes(&sql);
    let language = Language::new();
    let mut paste = 0;
    for first in (0..tasks).step_by(AT_ONCE) {
        let tx = sql.transaction().unwrap();
        for at in first..tasks.min(first + AT_ONCE) {
            // A share text may hold several links.
            if paste == 0 || !Dice::new(at as u64).chance(250) {
                paste = at as i64 + 1;
            }
            task(&tx, &language, at, paste, END - (tasks as i64 - paste) * STEP);
        }
        tx.commit().unwrap();
    }
    let tx = sql.transaction().unwrap();
    for statement in late {
        tx.execute_batch(&statement).unwrap();
    }
    tx.execute_batch(
        "INSERT INTO listed SELECT desk, count(*) FROM tasks GROUP BY desk;
         INSERT INTO listed_days SELECT desk, listed_at / 86400000, count(*) FROM tasks GROUP BY 1, 2;",
    )
    .unwrap();
    tx.commit().unwrap();
}

/// Takes away what would be kept up with every row; answers the statements that make it again at the end.
fn without_triggers_and_indexes(sql: &Connection) -> Vec<String> {
    let asked = "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL
                 AND tbl_name IN ('tasks', 'links', 'transcripts', 'tags', 'attempts', 'spend')
                 ORDER BY type = 'trigger'";
    let mut statement = sql.prepare(asked).unwrap();
    let found: Vec<(String, String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (kind, name, _) in &found {
        sql.execute_batch(&format!("DROP {kind} {name}")).unwrap();
    }
    found.into_iter().map(|(_, _, made_by)| made_by).collect()
}

fn task(tx: &Transaction<'_>, language: &Language, at: usize, paste: i64, made_at: i64) {
    let dice = &mut Dice::new(at as u64 + 1_000_003);
    let id = at as i64 + 1;
    let subject = &language.subject(dice);
    let title = language.title(dice, subject);
    let link = link(dice, at, &title);
    let provider = [ProviderId::Momoget, ProviderId::TranscriptGenerate, ProviderId::Coze]
        [[0, 0, 0, 0, 0, 1, 1, 1, 2, 2][dice.below(10)]];
    let state = match dice.below(100) {
        0..3 => TaskState::Failed,
        3 => TaskState::Cancelled,
        _ => TaskState::Succeeded,
    };
    let has_text = state == TaskState::Succeeded;
    let text = has_text.then(|| transcript(language, dice, subject, at));
    let ended_at = made_at + 8_000 + dice.below(40_000) as i64;
    let failure = (state == TaskState::Failed).then(|| {
        let kinds =
            [FailureKind::QuotaExhausted, FailureKind::NotFound, FailureKind::ProviderInternal];
        Failure { charged: Charged::No, ..Failure::new(provider, kinds[dice.below(3)]) }
    });
    let remote = has_text.then(|| format!("{:016x}", dice.next()));

    if paste == id {
        let text =
            format!("{}.{} {title} {} 复制打开看看", dice.below(10), dice.below(100), link.url);
        let sql = "INSERT INTO pastes (id, text, created_at) VALUES (?1, ?2, ?3)";
        tx.prepare_cached(sql).unwrap().execute((id, text, made_at)).unwrap();
    }
    let sql = "INSERT INTO links (id, url, platform, kind, video_id, canonical, title, video_key)
               VALUES (:id, :url, :platform, :kind, :video, :canonical, :title, :key)";
    let params = named_params! {
        ":id": id, ":url": link.url, ":platform": link.platform.as_str(), ":kind": link.kind.as_str(),
        ":video": link.id, ":canonical": link.canonical, ":title": link.title, ":key": link.video_key(),
    };
    tx.prepare_cached(sql).unwrap().execute(params).unwrap();
    let sql = "INSERT INTO tasks (id, paste_id, link_id, operation, desk, provider, state, cancel_cause, failure,
                 remote_id, title, author, duration_s, words, learned_at, created_at, submitted_at, ended_at,
                 listed_at, starred, note)
               VALUES (:id, :paste, :id, :operation, :desk, :provider, :state, :cause, :failure, :remote, :title,
                 :author, :duration, :words, :learned, :made, :submitted, :ended, :made, :starred, :note)";
    let params = named_params! {
        ":id": id, ":paste": paste, ":operation": Operation::Transcribe.as_str(), ":desk": Desk::Texts.as_str(),
        ":provider": provider.as_str(), ":state": state.as_str(),
        ":cause": (state == TaskState::Cancelled).then_some(CancelCause::BeforeSubmit.as_str()),
        ":failure": failure.as_ref().map(json), ":remote": remote,
        ":title": has_text.then_some(&title), ":author": has_text.then(|| language.author(dice)),
        ":duration": has_text.then(|| 20 + dice.below(600) as i64), ":words": text.as_deref().map(count_words),
        ":learned": has_text.then_some(ended_at), ":made": made_at,
        ":submitted": (state != TaskState::Cancelled).then_some(made_at + 500), ":ended": ended_at,
        ":starred": dice.chance(20), ":note": dice.chance(20).then(|| language.note(dice, subject)),
    };
    tx.prepare_cached(sql).unwrap().execute(params).unwrap();
    if state != TaskState::Cancelled {
        ledger(tx, id, provider, made_at + 500, remote.as_deref(), failure.as_ref());
    }
    if let Some(text) = text {
        version(tx, id, 1, TranscriptKind::Provider, &text, ended_at);
        if dice.chance(50) {
            let edited = text.replacen('，', "。\n", 4) + "完。";
            version(tx, id, 2, TranscriptKind::Edited, &edited, ended_at + 60_000);
        }
    }
    if dice.chance(50) {
        let tag = ["做菜", "客户", "选题", "待剪", "口播"][dice.rank(5)];
        let sql = "INSERT INTO tags (task_id, tag) VALUES (?1, ?2)";
        tx.prepare_cached(sql).unwrap().execute((id, tag)).unwrap();
    }
}

fn transcript(language: &Language, dice: &mut Dice, subject: &Subject, at: usize) -> String {
    let mut text = language.text(dice, subject, LENGTH);
    if at % PLANTED_EVERY == 7 {
        let place = text.char_indices().nth(100 + dice.below(400)).map_or(0, |(place, _)| place);
        text.insert_str(place, PLANTED);
    }
    text
}

fn link(dice: &mut Dice, at: usize, title: &str) -> Link {
    let number = 7_000_000_000_000_000_000 + dice.next() % 600_000_000_000_000_000;
    let code: String = (0..10)
        .map(|_| {
            char::from(
                b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"[dice.below(58)],
            )
        })
        .collect();
    let (platform, kind, id, canonical) = match dice.below(20) {
        0..11 => {
            let id = number.to_string();
            let page = format!("https://www.douyin.com/video/{id}");
            (Platform::Douyin, LinkKind::Video, id, page)
        }
        11..14 => {
            let id = format!("{:024x}", u128::from(dice.next()) << 20 | at as u128);
            let page = format!("https://www.xiaohongshu.com/explore/{id}");
            (Platform::Xiaohongshu, LinkKind::Note, id, page)
        }
        14..17 => {
            let id = format!("BV1{code}");
            let page = format!("https://www.bilibili.com/video/{id}");
            (Platform::Bilibili, LinkKind::Video, id, page)
        }
        _ => {
            let id = format!("3x{code}");
            let page = format!("https://www.kuaishou.com/short-video/{id}");
            (Platform::Kuaishou, LinkKind::Video, id, page)
        }
    };
    // Half of them were pasted as the short link that led there; the number keeps those apart.
    let url = match platform {
        Platform::Douyin if dice.chance(500) => format!("https://v.douyin.com/{code}{at:x}/"),
        _ => format!("{canonical}?share={at:x}"),
    };
    Link {
        url,
        platform,
        kind,
        id: Some(id),
        canonical: Some(canonical),
        title: Some(title.to_owned()),
    }
}

/// Its create call, and what that cost.
fn ledger(
    tx: &Transaction<'_>,
    id: i64,
    provider: ProviderId,
    at: i64,
    remote: Option<&str>,
    failure: Option<&Failure>,
) {
    let outcome = if failure.is_some() { Outcome::Rejected } else { Outcome::Accepted };
    let sql = "INSERT INTO attempts (id, task_id, number, provider, intent_at, ended_at, outcome, remote_id, failure)
               VALUES (?1, ?1, 1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let row = (id, provider.as_str(), at, at + 400, outcome.as_str(), remote, failure.map(json));
    tx.prepare_cached(sql).unwrap().execute(row).unwrap();
    if failure.is_none() {
        let sql = "INSERT INTO spend (attempt_id, task_id, provider, operation, unit, amount, certain, spent_at)
                   VALUES (?1, ?1, ?2, ?3, ?4, 1, 1, ?5)";
        let row =
            (id, provider.as_str(), Operation::Transcribe.as_str(), Unit::Use.as_str(), at + 400);
        tx.prepare_cached(sql).unwrap().execute(row).unwrap();
    }
}

fn version(tx: &Transaction<'_>, id: i64, version: u32, kind: TranscriptKind, text: &str, at: i64) {
    let sql = "INSERT INTO transcripts (task_id, version, kind, text, words, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = (id, version, kind.as_str(), text, count_words(text), at);
    tx.prepare_cached(sql).unwrap().execute(row).unwrap();
}

fn json(failure: &Failure) -> String {
    serde_json::to_string(failure).unwrap()
}
