//! TranscriptGenerate turns a link into a transcript, on request in another language: create, poll.
//! Contract: <https://release.transcriptgenerate.com/api-doc>.

use std::{sync::LazyLock, time::Duration};

use serde::Serialize;
use shiwen_core::{
    Allowance, Entry, Failure, FailureKind, Form, Found, Operation, ProviderId, Timestamp, Unit,
};
use shiwen_http::{HeaderValue, Purpose, Request, Response};

use crate::{
    Account, Answer, Asked, Card, Checked, Created, Endpoint, Field, Followed, Job, Schedule,
    Service,
    classify::{self, Refused, failure, maybe},
    form::{FieldSpec, form},
    lenient::{self, Fields},
    outgoing::{self, Call},
    spoken,
};

const ID: ProviderId = ProviderId::TranscriptGenerate;
const BASE: &str = "https://api.transcriptgenerate.com/open-gateway";
/// The document's 30 s are for reads; a create that times out becomes a question to the user.
const CREATE_TIMEOUT: Duration = Duration::from_secs(60);
const READ_TIMEOUT: Duration = Duration::from_secs(30);

static CARD: Card = Card {
    id: ID,
    name: "TranscriptGenerate",
    base_url: BASE,
    fields: &[
        Field {
            name: "api_key",
            secret: true,
            required: true,
            default: None,
            choices: &[],
            columns: &[],
        },
        Field {
            name: "api_secret",
            secret: true,
            required: true,
            default: None,
            choices: &[],
            columns: &[],
        },
        Field {
            name: "base_url",
            secret: false,
            required: false,
            default: Some(BASE),
            choices: &[],
            columns: &[],
        },
    ],
    operations: &[Operation::Transcribe],
    // More sites are being added; the service itself refuses what it does not serve.
    platforms: &[],
    unit: Unit::Second,
    // Counted in seconds of the video, which nobody knows before.
    cost: None,
    signup_url: "https://release.transcriptgenerate.com/zh-CN/api-doc",
    console_url: "https://release.transcriptgenerate.com/",
    slots: 3,
    batch: 1,
    calls_per_minute: None,
};

/// What its error answers mean: the body code, then parts of the text, any of which is enough, lower case.
/// The first row that fits wins. One code covers many causes, and the user's own mistakes come as 500.
/// Only English texts are documented; a Chinese one would be one more part in its row.
const MEANINGS: &[(i64, &[&str], FailureKind)] = &[
    (401, &[""], FailureKind::Unauthorized),
    (601, &["professional members"], FailureKind::MembershipRequired),
    (601, &["concurren", "existing tasks"], FailureKind::ConcurrencyFull),
    (601, &["insufficient quota", "quota"], FailureKind::QuotaExhausted),
    (601, &["translat"], FailureKind::MembershipRequired),
    (601, &["limit", "frequen", "too many"], FailureKind::RateLimited),
    (601, &["members only", "membership", "upgrade your plan"], FailureKind::MembershipRequired),
    (601, &[""], FailureKind::Forbidden),
    (500, &["cannot be empty"], FailureKind::InvalidInput),
    (500, &["valid platform url"], FailureKind::InvalidInput),
    (500, &["platform is not supported"], FailureKind::UnsupportedPlatform),
    (500, &["too long"], FailureKind::InvalidInput),
    (500, &["task not found"], FailureKind::NotFound),
    (500, &["permission"], FailureKind::Forbidden),
    (500, &[""], FailureKind::ProviderInternal),
];

/// The field of the form, beside the one that every job has.
const TARGET_LANGUAGE: &str = "target_language";
/// Those that the document names. "And more": the full list is on the website only, so any code may be sent.
const LANGUAGES: &[&str] = &["en", "ja", "ko", "zh", "fr", "de", "es"];
/// Characters of a language's code, `zh-Hant-TW` being a long one.
const LONGEST_CODE: u32 = 16;

static FORMS: LazyLock<[Form; 1]> = LazyLock::new(|| {
    let fields = [FieldSpec::text(TARGET_LANGUAGE).longest(LONGEST_CODE)];
    let mut form = form(ID, Some(Operation::Transcribe), &fields, &[]);
    // A text with choices: they are offered, and others may be written.
    form.fields[0].choices = LANGUAGES.iter().map(|code| (*code).to_owned()).collect();
    [form]
});

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody<'a> {
    work_url: &'a str,
    /// Left out where nothing is to be translated.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_language: Option<&'a str>,
}

#[derive(Debug)]
pub struct TranscriptGenerate;

impl Service for TranscriptGenerate {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            first: Duration::from_secs(3),
            interval: Duration::from_secs(3),
            growth: 1.3,
            cap: Duration::from_secs(10),
            // "Poll every 2 to 5 seconds."
            floor: Duration::from_secs(2),
            deadline: Duration::from_secs(10 * 60),
        }
    }

    fn create(&self, job: &Job<'_>, account: &Account) -> Result<Request, Failure> {
        outgoing::check_known(ID, &FORMS[0], job)?;
        let body = CreateBody {
            work_url: outgoing::link(&CARD, job)?,
            target_language: target_language(job)?,
        };
        let call = Call {
            provider: ID,
            path: &["transcript-api", "v1", "task", "create"],
            purpose: Purpose::Spend,
            timeout: CREATE_TIMEOUT,
        };
        call.post(account, keys(account)?, &body)
    }

    fn read_created(&self, _: &Job<'_>, response: &Response, now: Timestamp) -> Created {
        match read(response, now, |data| data.id("taskId")) {
            Ok(remote_id) => Created::Accepted { remote_id, allowance: None, cost: None },
            Err(refused) => refused.created(),
        }
    }

    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure> {
        let remote_id = asked.remote_id;
        if remote_id.trim().is_empty() {
            return Err(outgoing::refuse(ID, "the task id is blank"));
        }
        let mut request = read_call(&["transcript-api", "v1", "task", "query"], account)?;
        request.url.query_pairs_mut().append_pair("taskId", remote_id);
        Ok(request)
    }

    fn read_followed(
        &self,
        _: &Asked<'_>,
        response: &Response,
        _: Duration,
        now: Timestamp,
    ) -> Followed {
        let followed = read(response, now, |data| {
            let word = data.text("status")?;
            Some(match word.trim().to_ascii_uppercase().as_str() {
                "SUCCESS" => finished(data, response, now),
                "FAILURE" => Followed::Failed(task_failed(data, response, now)),
                // WAITING covers the line, the download and the recognition alike.
                _ => Followed::Running { progress: None, word: spoken::word(word) },
            })
        });
        followed.unwrap_or_else(Refused::followed)
    }

    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure> {
        let usage = read_call(&["transcript-api", "v1", "quota", "usage"], account)?;
        let concurrency = read_call(&["transcript-api", "v1", "quota", "concurrency"], account)?;
        Ok(vec![usage, concurrency])
    }

    fn read_checked(&self, responses: &[Response], now: Timestamp) -> Result<Checked, Failure> {
        let [usage, rest @ ..] = responses else {
            return Err(Failure::new(ID, FailureKind::MalformedResponse));
        };
        let allowance = read(usage, now, |data| allowance(data, now));
        let allowance = allowance.map_err(Refused::into_failure)?;
        let mut checked = Checked { allowance: Some(allowance), ..Checked::default() };
        if let Some(concurrency) = rest.first() {
            let read = read(concurrency, now, |data| {
                let slots = lenient::whole(data.number("maxConcurrency")?);
                let running = data.number("currentConcurrency").and_then(lenient::whole);
                Some((slots.filter(|slots| *slots > 0), running))
            });
            (checked.slots, checked.running) = read.map_err(Refused::into_failure)?;
        }
        Ok(checked)
    }

    fn tells_use(&self) -> bool {
        true
    }

    fn forms(&self) -> &'static [Form] {
        &*FORMS
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        let endpoint = |method, path, function| Endpoint { method, path, function };
        vec![
            endpoint("POST", "/transcript-api/v1/task/create", "create"),
            endpoint("GET", "/transcript-api/v1/task/query", "follow"),
            endpoint("GET", "/transcript-api/v1/quota/usage", "check usage"),
            endpoint("GET", "/transcript-api/v1/quota/concurrency", "check concurrency"),
        ]
    }
}

/// The language to translate into: the job's own, else what was filled into the form.
fn target_language<'a>(job: &Job<'a>) -> Result<Option<&'a str>, Failure> {
    let filled = match job.input.get(TARGET_LANGUAGE) {
        Some(Entry::Text(language)) => Some(language.as_str()),
        _ => None,
    };
    let job = Job { target_language: job.target_language.or(filled), ..*job };
    let language = outgoing::target_language(&job);
    let is_code = |language: &str| {
        let code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        language.len() <= LONGEST_CODE as usize && language.chars().all(code)
    };
    match language {
        Some(language) if !is_code(language) => {
            Err(outgoing::refuse(ID, "the language to translate into is no code of a language"))
        }
        language => Ok(language),
    }
}

fn read_call(path: &[&str], account: &Account) -> Result<Request, Failure> {
    let call = Call { provider: ID, path, purpose: Purpose::Read, timeout: READ_TIMEOUT };
    call.get(account, keys(account)?)
}

fn keys(account: &Account) -> Result<Vec<(&'static str, HeaderValue)>, Failure> {
    Ok(vec![
        ("x-api-key", HeaderValue::Secret(account.secret(ID, "api_key")?.clone())),
        ("x-api-secret", HeaderValue::Secret(account.secret(ID, "api_secret")?.clone())),
    ])
}

/// The envelope `{code, msg, data}`. Its code counts at any HTTP status: the same 401 and 500 stand in both
/// places, and which HTTP status goes with 601 is not documented.
fn read<T>(
    response: &Response,
    now: Timestamp,
    success: impl FnOnce(Fields<'_>) -> Option<T>,
) -> Result<T, Refused> {
    let by_status = || Refused::by_status(ID, response, now);
    let json = lenient::json(&response.body).ok_or_else(by_status)?;
    let envelope = Fields::of(&json).ok_or_else(by_status)?;
    let code = envelope.integer("code").ok_or_else(by_status)?;
    if code == 200 {
        return envelope.object("data").and_then(success).ok_or_else(by_status);
    }
    let words = envelope.text("msg").unwrap_or_default();
    let kind = meaning(code, words).ok_or_else(by_status)?;
    Err(Refused::spoken(Failure {
        code: Some(code.to_string()),
        message: spoken::message(words),
        ..failure(ID, kind, response, now)
    }))
}

fn meaning(code: i64, words: &str) -> Option<FailureKind> {
    let words = words.to_lowercase();
    let row = MEANINGS
        .iter()
        .find(|(of, parts, _)| *of == code && parts.iter().any(|part| words.contains(part)))?;
    Some(row.2)
}

fn finished(data: Fields<'_>, response: &Response, now: Timestamp) -> Followed {
    let Some(text) = data.passage("textContent") else {
        let failure = classify::malformed(ID, response, now, "finished without a text");
        return Followed::Failed(maybe(failure));
    };
    let cover_url = data.web_address("cover");
    let media_url = data.web_address("videoUrl");
    let found = Found {
        title: data.title("title"),
        author: None,
        duration_s: data.seconds("duration").and_then(|seconds| lenient::whole(seconds.round())),
        learned_at: (cover_url.is_some() || media_url.is_some()).then_some(now),
        avatar_url: None,
        cover_url,
        media_url,
    };
    Followed::Succeeded(Answer { text: Some(text), found, ..Answer::default() })
}

/// `errorMessage` is a status text that is filled on success too; only here is it an error.
fn task_failed(data: Fields<'_>, response: &Response, now: Timestamp) -> Failure {
    maybe(Failure {
        message: data.text("errorMessage").and_then(spoken::message),
        ..failure(ID, FailureKind::ProviderInternal, response, now)
    })
}

/// Computed from the seconds alone: the minutes come as text, as a number, as -1 or not at all.
fn allowance(data: Fields<'_>, now: Timestamp) -> Option<Allowance> {
    let total = data.number("totalSeconds");
    let available = data.number("availableSeconds");
    let negative = |amount: Option<f64>| amount.is_some_and(|amount| amount < 0.0);
    let unlimited = data.value("unlimited").and_then(serde_json::Value::as_bool) == Some(true)
        || negative(total)
        || negative(available);
    let left = match unlimited {
        true => None,
        false => {
            let unused = || Some((total? - data.number("usedSeconds")?).max(0.0));
            Some(lenient::whole(available.or_else(unused)?)?)
        }
    };
    Some(Allowance {
        unit: Unit::Second,
        left,
        total: total.filter(|_| !unlimited).and_then(lenient::whole),
        period: data.text("deductionType").and_then(|word| spoken::code(&word.to_lowercase())),
        learned_at: now,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn left(data: Value) -> Option<Option<u32>> {
        allowance(Fields::of(&data).unwrap(), Timestamp(0)).map(|allowance| allowance.left)
    }

    #[test]
    fn the_minutes_never_decide_what_is_left() {
        let minutes = [json!("90.0"), json!(-1), json!(90), json!(""), json!(null)];
        for minutes in minutes {
            let data = json!({ "availableMinutes": minutes, "availableSeconds": 60 });
            assert_eq!(left(data.clone()), Some(Some(60)), "{data}");
        }
    }

    #[test]
    fn a_negative_amount_means_unlimited() {
        assert_eq!(left(json!({ "availableSeconds": -1 })), Some(None));
        assert_eq!(left(json!({ "availableSeconds": 5, "totalSeconds": "-1" })), Some(None));
        assert_eq!(left(json!({ "availableSeconds": 5, "unlimited": true })), Some(None));
    }

    #[test]
    fn what_is_left_follows_from_what_was_used() {
        assert_eq!(left(json!({ "totalSeconds": 100, "usedSeconds": "40" })), Some(Some(60)));
        assert_eq!(left(json!({ "totalSeconds": 100 })), None);
    }

    #[test]
    fn the_first_row_that_fits_wins() {
        let limited = meaning(601, "Calls too FREQUENT today");
        assert_eq!(limited, Some(FailureKind::RateLimited));
        let full = meaning(601, "Concurrency limit reached. Please wait.");
        assert_eq!(full, Some(FailureKind::ConcurrencyFull));
        assert_eq!(meaning(500, "task not found"), Some(FailureKind::NotFound));
        assert_eq!(meaning(500, "oops"), Some(FailureKind::ProviderInternal));
        assert_eq!(meaning(402, "task not found"), None);
    }
}
