//! Requests out of an account: addresses, headers and the list of values to scrub.

use std::time::Duration;

use shiwen_core::{Failure, FailureKind, FaultKind, Form, ProviderId, Timestamp};
use shiwen_http::{HeaderValue, Method, Purpose, Request};
use url::Url;

use crate::{Account, Card, Job, form, lenient};

/// What one request of a service is made of, apart from the account.
pub(crate) struct Call<'a> {
    pub(crate) provider: ProviderId,
    pub(crate) path: &'a [&'a str],
    pub(crate) purpose: Purpose,
    pub(crate) timeout: Duration,
}

impl Call<'_> {
    pub(crate) fn get(
        &self,
        account: &Account,
        headers: Vec<(&'static str, HeaderValue)>,
    ) -> Result<Request, Failure> {
        self.request(account, Method::Get, headers, None)
    }

    pub(crate) fn post(
        &self,
        account: &Account,
        headers: Vec<(&'static str, HeaderValue)>,
        body: &impl serde::Serialize,
    ) -> Result<Request, Failure> {
        self.with_json(Method::Post, account, headers, body)
    }

    pub(crate) fn with_json(
        &self,
        method: Method,
        account: &Account,
        mut headers: Vec<(&'static str, HeaderValue)>,
        body: &impl serde::Serialize,
    ) -> Result<Request, Failure> {
        let body = serde_json::to_vec(body)
            .map_err(|_| refuse(self.provider, "the request could not be written"))?;
        headers.push(("content-type", HeaderValue::Plain("application/json".to_owned())));
        self.request(account, method, headers, Some(body))
    }

    /// Without a body.
    pub(crate) fn bare(
        &self,
        method: Method,
        account: &Account,
        headers: Vec<(&'static str, HeaderValue)>,
    ) -> Result<Request, Failure> {
        self.request(account, method, headers, None)
    }

    fn request(
        &self,
        account: &Account,
        method: Method,
        headers: Vec<(&'static str, HeaderValue)>,
        body: Option<Vec<u8>>,
    ) -> Result<Request, Failure> {
        Ok(Request {
            provider: Some(self.provider),
            method,
            url: self.url(account)?,
            headers,
            body,
            file: None,
            purpose: self.purpose,
            timeout: self.timeout,
            secrets: account.secrets.values().cloned().collect(),
        })
    }

    fn url(&self, account: &Account) -> Result<Url, Failure> {
        let mut url = account.base_url.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().extend(self.path),
            Err(()) => return Err(refuse(self.provider, "base_url is no web address")),
        };
        Ok(url)
    }
}

/// A request that is not made. Nothing is sent, so nothing is charged.
pub(crate) fn refuse(provider: ProviderId, message: &str) -> Failure {
    Failure {
        message: Some(message.to_owned()),
        ..Failure::new(provider, FailureKind::InvalidInput)
    }
}

/// The job's only link, when the service does what is asked.
pub(crate) fn link<'a>(card: &Card, job: &Job<'a>) -> Result<&'a str, Failure> {
    match links(card, job)?.as_slice() {
        [link] => Ok(link),
        _ => Err(refuse(card.id, "this service takes one link at a time")),
    }
}

/// The job's links, never none and never more than the service takes at once.
pub(crate) fn links<'a>(card: &Card, job: &Job<'a>) -> Result<Vec<&'a str>, Failure> {
    check_operation(card, job)?;
    if job.urls.len() > card.batch as usize {
        let most = card.batch;
        return Err(refuse(card.id, &format!("this service takes at most {most} links at once")));
    }
    let links: Option<Vec<&str>> = job.urls.iter().map(|url| lenient::web_address(url)).collect();
    let links = links.filter(|links| !links.is_empty());
    links.ok_or_else(|| refuse(card.id, "the link is no web address"))
}

pub(crate) fn check_operation(card: &Card, job: &Job<'_>) -> Result<(), Failure> {
    match card.operations.contains(&job.operation) {
        true => Ok(()),
        false => Err(refuse(card.id, "this service does not do that")),
    }
}

/// Refuses a form with a fault. Fields that are not its own are left to the other services of the user's order,
/// which share one input.
pub(crate) fn check_known(provider: ProviderId, form: &Form, job: &Job<'_>) -> Result<(), Failure> {
    // No field of these forms is a time, so the clock does not matter.
    let faults = form::check(form, job.input, Timestamp(0));
    match faults.iter().find(|fault| fault.kind != FaultKind::Unknown) {
        Some(fault) => Err(refuse(provider, &format!("{}: {}", fault.field, fault.kind))),
        None => Ok(()),
    }
}

/// The language to translate into; none where the spoken one is kept.
pub(crate) fn target_language<'a>(job: &Job<'a>) -> Option<&'a str> {
    job.target_language.map(str::trim).filter(|language| !matches!(*language, "" | "auto"))
}
