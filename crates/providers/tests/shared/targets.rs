//! What each fuzz target does with its bytes.

use std::{collections::BTreeMap, sync::LazyLock};

use shiwen_core::{Entry, Fault, FaultKind, Form, Input, Operation, ProviderId};
use shiwen_http::{FileKind, Request, Response, redact, retry_after};
use shiwen_providers::{
    Account, Action, Asked, Job, Service, Step, form, service, services, signed_until,
};
use shiwen_secrets::Secret;
use url::Url;

use super::{
    draw::{Drawn, NOW, SECRET, STATUSES, draw, with_secret},
    promises,
};

/// The answer to a create call.
pub(crate) fn created(bytes: &[u8]) {
    let Some(drawn) = draw(bytes) else { return };
    let created = drawn.service.read_created(&drawn.job(), &drawn.response, NOW);
    promises::created(&drawn, created);
}

/// The answer to a question about a task: its state, its result, those of several links.
pub(crate) fn followed(bytes: &[u8]) {
    let Some(drawn) = draw(bytes) else { return };
    let (asked, age) = (drawn.asked(), drawn.age());
    let followed = drawn.service.read_followed(&asked, &drawn.response, age, NOW);
    promises::followed(&drawn, followed);
}

/// The answer to a streamed run of Coze, whatever service was drawn.
pub(crate) fn streamed(bytes: &[u8]) {
    let Some(mut drawn) = draw(bytes) else { return };
    let Some(coze) = service(ProviderId::Coze) else { return };
    drawn.service = coze;
    let created = drawn.service.read_created(&drawn.job(), &drawn.response, NOW);
    promises::created(&drawn, created);
}

/// The answer to a call to a collection.
pub(crate) fn called(bytes: &[u8]) {
    let Some(mut drawn) = draw(bytes) else { return };
    let Some(rawugc) = service(ProviderId::RawUgc) else { return };
    drawn.service = rawugc;
    let calls = rawugc.collections().iter().flat_map(|of| of.calls.iter().map(move |c| (of, c)));
    let calls: Vec<_> = calls.collect();
    let (of, call) = calls[drawn.pick % calls.len()];
    let input = Input::new();
    let action = Action { collection: &of.name, verb: call.verb, id: Some("x"), input: &input };
    match rawugc.read_called(&action, &drawn.response, NOW) {
        Ok(items) => promises::items(&items),
        Err(failure) => promises::failure(&drawn, &failure),
    }
}

/// The answer to a question about all tasks of an operation.
pub(crate) fn listed(bytes: &[u8]) {
    let Some(drawn) = draw(bytes) else { return };
    let operation = drawn.operation();
    match drawn.service.read_many(operation, &drawn.response, NOW) {
        // A service without such a call says so, and an answer of nobody.
        Err(_) if !drawn.service.lists(operation) => {}
        Err(failure) => promises::failure(&drawn, &failure),
        Ok(listed) => {
            assert!(listed.len() <= 100, "{} tasks", listed.len());
            for of in listed {
                promises::id(&of.remote_id);
                let response = Response { status: 200, body: of.body, ..drawn.response.clone() };
                promises::followed(&Drawn { response, ..drawn }, of.followed);
            }
        }
    }
}

/// The answers to a test of an account; a zero byte parts the second from the first.
pub(crate) fn checked(bytes: &[u8]) {
    let Some(drawn) = draw(bytes) else { return };
    let bodies = drawn.response.body.splitn(2, |byte| *byte == 0);
    let answers: Vec<Response> =
        bodies.map(|body| Response { body: body.to_vec(), ..drawn.response.clone() }).collect();
    match drawn.service.read_checked(&answers, NOW) {
        Ok(checked) => assert!(checked.slots.is_none_or(|slots| slots > 0), "{checked:?}"),
        Err(failure) => promises::failure(&drawn, &failure),
    }
}

/// The answer to an upload.
pub(crate) fn uploaded(bytes: &[u8]) {
    let Some(drawn) = draw(bytes) else { return };
    if let Ok(url) = drawn.service.read_uploaded(&drawn.response, NOW) {
        promises::address(&url);
    }
}

/// Headers, one a line, to every answer there is; and bytes as the head of a file.
pub(crate) fn headers(bytes: &[u8]) {
    let _ = FileKind::of(bytes);
    let Some((status, lines)) = bytes.split_first() else { return };
    let Some(lines) = with_secret(lines) else { return };
    let lines = String::from_utf8_lossy(&lines).into_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.to_owned()))
    };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let headers = lines.split('\n').filter_map(header).collect();
    let response = Response { status, headers, body: Vec::new() };
    let pause = retry_after(&response, NOW);
    assert!(pause.is_none_or(|pause| pause.as_secs() <= 86_400), "{pause:?}");
    for service in services() {
        if let Some(budget) = service.budget(&response, NOW) {
            let wait = budget.until.since(NOW).as_secs();
            assert!((1..=120).contains(&wait), "{budget:?}");
        }
        let job = Job { operation: service.card().operations[0], ..JOB };
        let drawn = Drawn { service: *service, pick: 0, flags: 0, response: response.clone() };
        promises::created(&drawn, service.read_created(&job, &response, NOW));
    }
}

/// The end of a signed address.
pub(crate) fn signed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let query = format!("https://media.example/x.mp4?{text}");
    for url in [text.as_ref(), query.as_str()] {
        if let Some(end) = signed_until(url) {
            assert!((0..1 << 53).contains(&end.0), "{end:?}");
        }
    }
}

/// A secret in the first line, in the text after it.
pub(crate) fn redacted(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (secret, text) = text.split_once('\n').unwrap_or(("", &text));
    let clean = redact(text, &[Secret::new(secret)]);
    assert!(clean.len() <= 16 + text.len() * 12, "{} of {}", clean.len(), text.len());
    // No key has brackets, so the mark of what was taken out cannot complete one.
    let is_key = |c: char| c.is_ascii_graphic() && !matches!(c, '[' | ']');
    if secret.len() >= 12 && secret.chars().all(is_key) {
        assert!(!clean.contains(secret), "{clean:?}");
    }
}

/// A form that was filled in with anything, and an id of anything.
pub(crate) fn forms(bytes: &[u8]) {
    let Some(([of, ..], lines)) = bytes.split_at_checked(1) else { return };
    let text = String::from_utf8_lossy(lines);
    let (id, lines) = text.split_once('\n').unwrap_or(("", &text));
    for account in ACCOUNTS.iter() {
        let service = account.0;
        let forms = service.forms();
        if let Some(form) = forms.get(usize::from(*of) % forms.len().max(1)) {
            let input = filled(form, lines);
            let faults = service.faults(form, &input, NOW);
            for fault in &faults {
                let known = form.fields.iter().any(|field| field.name == fault.field);
                assert!(known || input.contains_key(&fault.field), "{fault:?}");
            }
            let operation = form.operation.unwrap_or(Operation::Transcribe);
            let job = Job { operation, input: &input, ..JOB };
            if let Ok(request) = service.create(&job, &account.1) {
                // Links are sent with one input to several services.
                let others = operation.takes_link();
                let own = |fault: &&Fault| !(others && fault.kind == FaultKind::Unknown);
                assert!(faults.iter().find(own).is_none(), "sent with {faults:?}");
                stays(&request, &account.1);
            }
        }
        for operation in service.card().operations {
            for step in [Step::Status, Step::Result] {
                let asked = Asked {
                    operation: *operation,
                    remote_id: id,
                    step,
                    urls: JOB.urls,
                    input: &EMPTY,
                };
                if let Ok(request) = service.follow(&asked, &account.1) {
                    stays(&request, &account.1);
                }
            }
        }
        for of in service.collections() {
            for call in &of.calls {
                let input = filled(&call.form, lines);
                let action =
                    Action { collection: &of.name, verb: call.verb, id: Some(id), input: &input };
                if let Ok(request) = service.call(&action, &account.1) {
                    assert!(
                        form::check(&call.form, &input, shiwen_core::Timestamp(i64::MIN))
                            .is_empty()
                    );
                    stays(&request, &account.1);
                }
            }
        }
    }
}

static EMPTY: Input = Input::new();
const JOB: Job<'static> = Job {
    operation: Operation::Transcribe,
    urls: &["https://v.douyin.com/fixture01/"],
    share_text: "",
    target_language: None,
    input: &EMPTY,
};

/// An account of each service, all secrets alike.
static ACCOUNTS: LazyLock<Vec<(&'static dyn Service, Account)>> = LazyLock::new(|| {
    let account = |service: &'static dyn Service| {
        let card = service.card();
        let settings: &[(&str, &str)] = match card.id {
            ProviderId::Coze => &[("workflows", r#"[{ "id": "7000000000000000202" }]"#)],
            ProviderId::Jimeng => &[("base_url", "https://gateway.example/x"), ("submit", "on")],
            _ => &[],
        };
        let settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let secrets = card.fields.iter().filter(|field| field.secret);
        let secrets: BTreeMap<_, _> =
            secrets.map(|field| (field.name.to_owned(), Secret::new(SECRET))).collect();
        Some((service, Account::new(card, settings.collect(), secrets).ok()?))
    };
    services().iter().copied().filter_map(account).collect()
});

/// The request goes to the account's service, below its address, and its address shows no secret.
fn stays(request: &Request, account: &Account) {
    let (url, base): (&Url, &Url) = (&request.url, &account.base_url);
    assert_eq!(url.origin(), base.origin(), "{url}");
    assert!(url.path().starts_with(base.path().trim_end_matches('/')), "{url}");
    assert!(!url.path().contains("//") && url.fragment().is_none(), "{url}");
    assert!(!url.as_str().contains(SECRET), "{url}");
}

/// One field a line: a letter for what it is filled with, the field's number, a value.
fn filled(form: &Form, lines: &str) -> Input {
    let mut input = Input::new();
    for line in lines.split('\n').take(40) {
        let mut letters = line.chars();
        let (Some(kind), Some(field)) = (letters.next(), letters.next()) else { continue };
        let value = letters.as_str();
        let field = form.fields.get(field as usize % (form.fields.len() + 1));
        let name = field.map_or(value, |field| field.name.as_str()).to_owned();
        let chosen = |n: usize| field.and_then(|field| field.choices.get(n)).cloned();
        let entry = match kind {
            'f' => Entry::Flag(value.is_empty()),
            'n' => Entry::Number(value.parse().unwrap_or(f64::NAN)),
            'l' => Entry::List(value.split(',').map(str::to_owned).collect()),
            'c' => Entry::Text(chosen(value.len()).unwrap_or_default()),
            _ => Entry::Text(value.to_owned()),
        };
        input.insert(name, entry);
    }
    input
}
