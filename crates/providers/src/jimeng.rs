//! Jimeng makes videos. It is reached through a gateway of the user's own choice, of which only following a task is
//! documented and free; ordering a video is there only where the gateway offers it. Contract of the family:
//! <https://doc.aimanyi.top/>.

mod answers;

use std::{sync::LazyLock, time::Duration};

use serde::Serialize;
use shiwen_core::{Entry, Failure, FailureKind, Form, Operation, ProviderId, Timestamp, Unit};
use shiwen_http::{HeaderValue, Purpose, Request, Response};

use crate::{
    Account, Asked, Card, Checked, Created, Endpoint, Field, Followed, Job, Schedule, Service,
    classify::{Refused, maybe},
    form::{self, FieldSpec},
    outgoing::{self, Call},
};

const ID: ProviderId = ProviderId::Jimeng;
const SUBMIT_TIMEOUT: Duration = Duration::from_secs(60);
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Right after the order its task may not be there yet.
const TASK_DELAY: Duration = Duration::from_secs(15);
/// An id that no task has.
const NO_TASK: &str = "cgt-00000000000000-none";
/// Characters of a prompt. No bound is documented; this one keeps a pasted book out of an order.
const LONGEST_PROMPT: u32 = 20_000;

/// The code of an order that was not sent since the gateway is not known to take any.
pub const SUBMIT_OFF: &str = "submit_off";

const fn field(name: &'static str, required: bool) -> Field {
    Field { name, secret: false, required, default: None, choices: &[], columns: &[] }
}

static CARD: Card = Card {
    id: ID,
    name: "即梦网关",
    // Resellers run it, each at an address of its own.
    base_url: "",
    fields: &[
        field("base_url", true),
        Field { secret: true, ..field("api_key", true) },
        Field { default: Some("off"), choices: &["off", "on"], ..field("submit", false) },
    ],
    operations: &[Operation::GenerateVideo],
    platforms: &[],
    unit: Unit::Credit,
    // Each gateway has its own prices.
    cost: None,
    signup_url: "https://doc.aimanyi.top/",
    console_url: "https://doc.aimanyi.top/",
    slots: 3,
    batch: 1,
    calls_per_minute: None,
};

static FORMS: LazyLock<[Form; 1]> = LazyLock::new(|| {
    let fields = [
        FieldSpec::long_text("prompt", LONGEST_PROMPT).required(),
        // Makes the video out of a picture.
        FieldSpec::address("image_url", &[]),
        FieldSpec::choice("duration", &["5", "10"]).default_text("5"),
        FieldSpec::choice("aspect_ratio", &["1:1", "21:9", "16:9", "9:16", "4:3", "3:4"])
            .default_text("16:9"),
        FieldSpec::number("cfg_scale", 0.0, 1.0).default_number(0.5),
    ];
    [form::form(ID, Some(Operation::GenerateVideo), &fields, &[])]
});

/// All fields but the picture are required by the schema.
#[derive(Serialize)]
struct OrderBody<'a> {
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    duration: u32,
    aspect_ratio: &'a str,
    cfg_scale: f64,
}

#[derive(Debug)]
pub struct Jimeng;

impl Service for Jimeng {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            first: Duration::from_secs(5),
            interval: Duration::from_secs(5),
            growth: 1.2,
            cap: Duration::from_secs(10),
            // No smallest wait is documented.
            floor: Duration::ZERO,
            deadline: Duration::from_secs(15 * 60),
        }
    }

    fn create(&self, job: &Job<'_>, account: &Account) -> Result<Request, Failure> {
        outgoing::check_operation(&CARD, job)?;
        if account.setting("submit") != Some("on") {
            let words = "ordering videos is switched off for this gateway";
            let code = Some(SUBMIT_OFF.to_owned());
            return Err(Failure { code, ..outgoing::refuse(ID, words) });
        }
        // No field is a time, so the clock does not matter.
        if let Some(fault) = form::check(&FORMS[0], job.input, Timestamp(0)).first() {
            return Err(outgoing::refuse(ID, &format!("{}: {}", fault.field, fault.kind)));
        }
        let entry = |name: &str| {
            let default =
                || FORMS[0].fields.iter().find(|field| field.name == name)?.default.as_ref();
            job.input.get(name).or_else(default)
        };
        let text = |name: &str| match entry(name) {
            Some(Entry::Text(text)) => text.trim(),
            _ => "",
        };
        let body = OrderBody {
            prompt: text("prompt"),
            image_url: Some(text("image_url")).filter(|url| !url.is_empty()),
            duration: text("duration").parse().unwrap_or(5),
            aspect_ratio: text("aspect_ratio"),
            cfg_scale: match entry("cfg_scale") {
                Some(Entry::Number(scale)) => *scale,
                _ => 0.5,
            },
        };
        let call = Call {
            provider: ID,
            path: &["jimeng", "submit", "videos"],
            purpose: Purpose::Spend,
            timeout: SUBMIT_TIMEOUT,
        };
        call.post(account, headers(account)?, &body)
    }

    fn read_created(&self, _: &Job<'_>, response: &Response, now: Timestamp) -> Created {
        match answers::ordered(response, now) {
            Ok(remote_id) => Created::Accepted { remote_id, allowance: None, cost: None },
            Err(refused) => refused.created(),
        }
    }

    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure> {
        fetch(asked.remote_id, account)
    }

    fn read_followed(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        age: Duration,
        now: Timestamp,
    ) -> Followed {
        match answers::followed(asked.remote_id, response, now) {
            Ok(followed) => followed,
            // "No such page" of a wrong address has the same kind and does not end a task.
            Err(Refused::Definite(failure))
                if failure.kind == FailureKind::NotFound
                    && (age < TASK_DELAY || !answers::is_missing_task(&failure)) =>
            {
                Followed::AskAgain(maybe(failure))
            }
            Err(refused) => refused.followed(),
        }
    }

    /// A task that nobody has: free, and refused with other words when the key is wrong. Whether every gateway
    /// looks at the key before it looks for the task is not documented, so a wrong key may pass this test.
    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure> {
        Ok(vec![fetch(NO_TASK, account)?])
    }

    fn read_checked(&self, responses: &[Response], now: Timestamp) -> Result<Checked, Failure> {
        let Some(response) = responses.first() else {
            return Err(Failure::new(ID, FailureKind::MalformedResponse));
        };
        match answers::followed(NO_TASK, response, now) {
            Ok(_) => Ok(Checked::default()),
            Err(Refused::Definite(failure)) if answers::is_missing_task(&failure) => {
                Ok(Checked::default())
            }
            Err(refused) => Err(refused.into_failure()),
        }
    }

    fn forms(&self) -> &'static [Form] {
        &*FORMS
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        vec![
            Endpoint { method: "POST", path: "/jimeng/submit/videos", function: "create" },
            Endpoint { method: "GET", path: "/jimeng/fetch/{task_id}", function: "follow" },
        ]
    }
}

/// Public clients send the key with this call too, though the document does not ask for it.
fn fetch(task_id: &str, account: &Account) -> Result<Request, Failure> {
    let task_id = task_id.trim();
    // Ids are opaque and become one segment of the path; these would not.
    if matches!(task_id, "" | "." | "..") {
        return Err(outgoing::refuse(ID, "that is no id of a task"));
    }
    let call = Call {
        provider: ID,
        path: &["jimeng", "fetch", task_id],
        purpose: Purpose::Read,
        timeout: READ_TIMEOUT,
    };
    call.get(account, headers(account)?)
}

fn headers(account: &Account) -> Result<Vec<(&'static str, HeaderValue)>, Failure> {
    Ok(vec![
        ("authorization", HeaderValue::Bearer(account.secret(ID, "api_key")?.clone())),
        ("accept", HeaderValue::Plain("application/json".to_owned())),
    ])
}
