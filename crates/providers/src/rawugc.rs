//! RawUGC makes videos, pictures and music, analyses a video behind a link, and keeps what goes into them.
//! Contract: <https://docs.rawugc.com>, version `2026-03-06`.
//!
//! All fifty endpoints stand in one table (`table`), with the fields of each (`fields`). Ten calls a minute are
//! allowed, all of them together.

mod answers;
mod calls;
mod fields;
mod items;
mod jobs;
mod research;
mod table;

use std::time::Duration;

use shiwen_core::{
    Collection, Entry, Failure, FailureKind, Fault, Form, Input, Items, Operation, ProviderId,
    Timestamp, Unit, Verb,
};
use shiwen_http::{FilePart, Request, Response};

use self::table::{By, Row};
use crate::{
    Account, Action, Asked, Budget, Card, Checked, Created, Endpoint, Field, Followed, Job, Listed,
    Schedule, Service, classify::Refused, outgoing,
};

const ID: ProviderId = ProviderId::RawUgc;
const BASE: &str = "https://rawugc.com/api/v1";

/// A job that is not known yet this soon after it was accepted may only be late.
const LATE: Duration = Duration::from_secs(30);

const UPLOADS: &[&str] =
    &["video/mp4", "video/quicktime", "video/webm", "image/png", "image/jpeg", "image/webp"];
const LARGEST_UPLOAD: u64 = 100 * 1024 * 1024;
/// The longest list that it gives.
const LISTED: usize = 100;
/// Bytes a second that a slow line uploads.
const SLOW_LINE: u64 = 64 * 1024;

static CARD: Card = Card {
    id: ID,
    name: "RawUGC",
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
            name: "base_url",
            secret: false,
            required: false,
            default: Some(BASE),
            choices: &[],
            columns: &[],
        },
    ],
    operations: &[
        Operation::Analyze,
        Operation::GenerateVideo,
        Operation::GenerateImage,
        Operation::GenerateMusic,
        Operation::Captions,
        Operation::Overlay,
        Operation::Scrape,
        Operation::Plan,
    ],
    // Its document names TikTok, Instagram and YouTube, and any address of a video.
    platforms: &[],
    unit: Unit::Credit,
    // It depends on what is asked for; the forms say what is published.
    cost: None,
    signup_url: "https://docs.rawugc.com/authentication",
    console_url: "https://rawugc.com/",
    slots: 3,
    batch: 1,
    // Of the ten it allows, two are left to the user's own tools.
    calls_per_minute: Some(8),
};

#[derive(Debug)]
pub struct RawUgc;

impl Service for RawUgc {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            first: Duration::from_secs(10),
            interval: Duration::from_secs(10),
            growth: 1.5,
            cap: Duration::from_secs(30),
            // "Poll every 10 to 30 seconds."
            floor: Duration::from_secs(10),
            deadline: Duration::from_secs(20 * 60),
        }
    }

    fn create(&self, job: &Job<'_>, account: &Account) -> Result<Request, Failure> {
        outgoing::check_operation(&CARD, job)?;
        if outgoing::target_language(job).is_some() {
            return Err(outgoing::refuse(ID, "RawUGC does not translate"));
        }
        let video_url = match job.operation {
            Operation::Analyze => Some(("videoUrl", outgoing::link(&CARD, job)?)),
            _ => None,
        };
        calls::request(row(By::Create(job.operation))?, None, job.input, video_url, account)
    }

    fn read_created(&self, job: &Job<'_>, response: &Response, now: Timestamp) -> Created {
        let operation = job.operation;
        let created = answers::read(response, now, |of| {
            let answer = match operation {
                Operation::Analyze => research::analyzed(of, now),
                Operation::Scrape => research::scraped(of, now),
                Operation::Plan => research::planned(of, now),
                Operation::Captions | Operation::Overlay => jobs::edited(operation, of, now),
                _ => return jobs::accepted(operation, of, now),
            };
            answer.map(Created::Done)
        });
        created.unwrap_or_else(Refused::created)
    }

    fn follow(&self, asked: &Asked<'_>, account: &Account) -> Result<Request, Failure> {
        let jobs = table::collection_of(asked.operation)
            .ok_or_else(|| outgoing::refuse(ID, "there is nothing to follow"))?;
        let row = row(By::Call(jobs, Verb::Get))?;
        calls::request(row, Some(asked.remote_id), &Input::new(), None, account)
    }

    fn read_followed(
        &self,
        asked: &Asked<'_>,
        response: &Response,
        age: Duration,
        now: Timestamp,
    ) -> Followed {
        match jobs::followed(asked.operation, asked.remote_id, response, now) {
            Followed::Failed(failure) if failure.kind == FailureKind::NotFound && age < LATE => {
                Followed::AskAgain(failure)
            }
            followed => followed,
        }
    }

    fn lists(&self, operation: Operation) -> bool {
        table::collection_of(operation).is_some()
    }

    /// The newest hundred, whatever their status: a list of those in work would hide what has just ended.
    fn follow_many(&self, operation: Operation, account: &Account) -> Result<Request, Failure> {
        let jobs = table::collection_of(operation).ok_or_else(no_such_call)?;
        let most = Input::from([("limit".to_owned(), Entry::Number(LISTED as f64))]);
        calls::request(row(By::Call(jobs, Verb::List))?, None, &most, None, account)
    }

    fn read_many(
        &self,
        operation: Operation,
        response: &Response,
        now: Timestamp,
    ) -> Result<Vec<Listed>, Failure> {
        jobs::listed(operation, response, now)
    }

    /// No call tells the balance. The list of videos, cut to one, is the smallest answer that needs the key.
    fn check(&self, account: &Account) -> Result<Vec<Request>, Failure> {
        let one = Input::from([("limit".to_owned(), Entry::Number(1.0))]);
        let row = row(By::Call("videos", Verb::List))?;
        Ok(vec![calls::request(row, None, &one, None, account)?])
    }

    fn read_checked(&self, responses: &[Response], now: Timestamp) -> Result<Checked, Failure> {
        let Some(response) = responses.first() else {
            return Err(Failure::new(ID, FailureKind::MalformedResponse));
        };
        let listed = answers::read(response, now, |of| of.value("videos")?.as_array().map(|_| ()));
        listed.map_err(Refused::into_failure)?;
        Ok(Checked { allowance: None, slots: None, running: None })
    }

    fn forms(&self) -> &'static [Form] {
        table::forms()
    }

    fn faults(&self, form: &Form, input: &Input, now: Timestamp) -> Vec<Fault> {
        calls::faults(form, input, now)
    }

    fn collections(&self) -> &'static [Collection] {
        table::collections()
    }

    fn call(&self, action: &Action<'_>, account: &Account) -> Result<Request, Failure> {
        calls::request(called(action)?, action.id, action.input, None, account)
    }

    fn read_called(
        &self,
        action: &Action<'_>,
        response: &Response,
        now: Timestamp,
    ) -> Result<Items, Failure> {
        calls::items(called(action)?, action, response, now)
    }

    fn upload(&self, file: &FilePart, account: &Account) -> Result<Request, Failure> {
        if !UPLOADS.contains(&file.media_type.as_str()) {
            return Err(unfit("file_kind", "this kind of file cannot be uploaded"));
        }
        if file.size == 0 || file.size > LARGEST_UPLOAD {
            return Err(unfit("file_size", "the file is empty or larger than 100 MB"));
        }
        let row = row(By::Upload)?;
        let request = calls::request(row, None, &Input::new(), None, account)?;
        let timeout = Duration::from_secs(60 + file.size / SLOW_LINE);
        let file = FilePart { field: "file", ..file.clone() };
        Ok(Request { file: Some(file), timeout, ..request })
    }

    fn read_uploaded(&self, response: &Response, now: Timestamp) -> Result<String, Failure> {
        answers::read(response, now, |of| of.web_address("url")).map_err(Refused::into_failure)
    }

    fn budget(&self, response: &Response, now: Timestamp) -> Option<Budget> {
        answers::budget(response, now)
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        table::endpoints()
    }
}

fn row(by: By) -> Result<&'static Row, Failure> {
    table::row(by).ok_or_else(no_such_call)
}

/// A file that is not sent at all; the code is for words of our own.
fn unfit(code: &str, message: &str) -> Failure {
    Failure { code: Some(code.to_owned()), ..outgoing::refuse(ID, message) }
}

fn no_such_call() -> Failure {
    outgoing::refuse(ID, "there is no such call")
}

fn called(action: &Action<'_>) -> Result<&'static Row, Failure> {
    table::called(action.collection, action.verb).ok_or_else(no_such_call)
}
