//! Calls that are no tasks: the user asks and waits for the answer. Nothing of them is kept.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use shiwen_core::{Charged, Failure, FailureKind, Input, Items, ProviderId, Verb};
use shiwen_http::{FilePart, Purpose, Request, Response, SendError};
use shiwen_providers::{Action, Service};

use crate::{
    Engine, EngineError, accounts::known, error::FailureError, failures, submit::scrubbed,
};

/// How often a call is made that the provider finds too early.
const TRIES: u32 = 3;
const TOO_MANY: u16 = 429;

/// A call that is counted for as long as somebody waits for its answer.
struct Out<'a>(&'a AtomicUsize);

impl<'a> Out<'a> {
    fn new(calls: &'a AtomicUsize) -> Self {
        calls.fetch_add(1, Ordering::SeqCst);
        Self(calls)
    }
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Engine {
    /// Reads or changes what a provider keeps for the user.
    ///
    /// # Errors
    /// [`EngineError::Faults`] and [`EngineError::Unfit`] before anything is sent; [`EngineError::Uncertain`] when a call
    /// that may not be made twice may have been done; [`EngineError::Busy`] when the provider takes no more calls for long.
    pub async fn call(
        &self,
        provider: ProviderId,
        collection: &str,
        verb: Verb,
        id: Option<&str>,
        input: &Input,
    ) -> Result<Items, EngineError> {
        let service = known(provider)?;
        let offered = service
            .collections()
            .iter()
            .find(|kept| kept.name == collection)
            .and_then(|kept| kept.calls.iter().find(|call| call.verb == verb))
            .ok_or(EngineError::NotOffered(provider))?;
        let faults = service.faults(&offered.form, input, self.now());
        if !faults.is_empty() {
            return Err(EngineError::Faults(faults));
        }
        let account = self.account(provider).await?;
        let action = Action { collection, verb, id, input };
        let request = service.call(&action, &account).map_err(EngineError::unfit)?;
        let response = self.ask(service, &request).await?;
        let items = service
            .read_called(&action, &response, self.now())
            .map_err(|failure| came_to_nothing(failure, &request))?;
        if let Some(allowance) = &items.allowance {
            self.store().change_provider(provider, |record| {
                record.allowance = Some(allowance.clone());
            })?;
        }
        Ok(items)
    }

    /// Sends a file of the user's to a provider; answers its address there.
    ///
    /// # Errors
    /// [`EngineError::Unfit`] when the file cannot be read or the provider takes none like it: nothing was sent then.
    pub async fn upload(&self, provider: ProviderId, path: &Path) -> Result<String, EngineError> {
        let service = known(provider)?;
        let account = self.account(provider).await?;
        let file = file_part(provider, path).await?;
        let request = service.upload(&file, &account).map_err(EngineError::unfit)?;
        let response = self.ask(service, &request).await?;
        service
            .read_uploaded(&response, self.now())
            .map_err(|failure| came_to_nothing(failure, &request))
    }

    /// Sends one call when its turn has come, and again when the provider says that it came too early: nothing was done
    /// then.
    pub(crate) async fn ask(
        &self,
        service: &'static dyn Service,
        request: &Request,
    ) -> Result<Response, EngineError> {
        let mut response = self.ask_once(service, request).await;
        for _ in 1..TRIES {
            match &response {
                Ok(Response { status: TOO_MANY, .. }) => {
                    response = self.ask_once(service, request).await;
                }
                _ => break,
            }
        }
        response
    }

    async fn ask_once(
        &self,
        service: &'static dyn Service,
        request: &Request,
    ) -> Result<Response, EngineError> {
        let card = service.card();
        let _turn = self.turn(card).await?;
        let out = (request.purpose == Purpose::Spend).then(|| Out::new(&self.inner.direct));
        // After it has been counted, so that whoever holds either sees it or is seen.
        if out.is_some() && self.is_held() {
            return Err(EngineError::Busy { provider: card.id, until: self.now() });
        }
        match self.inner.parts.transport.send(request).await {
            Ok(response) => {
                self.heed(service, &response);
                Ok(response)
            }
            Err(error @ SendError::NotSent { .. }) => {
                Err(EngineError::refused(failures::unanswered(card.id, &error, Charged::No)))
            }
            Err(error) => {
                let charged = match request.purpose {
                    Purpose::Spend => Charged::Unknown,
                    Purpose::Read => Charged::No,
                };
                Err(came_to_nothing(failures::unanswered(card.id, &error, charged), request))
            }
        }
    }
}

/// What a call without a usable answer means: for one that may not be made twice only the provider's own refusal
/// proves that nothing was done.
fn came_to_nothing(failure: Failure, request: &Request) -> EngineError {
    let proves_nothing = matches!(
        failure.kind,
        FailureKind::Network | FailureKind::ProviderInternal | FailureKind::MalformedResponse
    );
    let failure = scrubbed(failure, request);
    if request.purpose == Purpose::Spend && proves_nothing {
        let failure = Failure { charged: Charged::Unknown, ..failure };
        return EngineError::Uncertain(Box::new(FailureError(failure)));
    }
    EngineError::refused(failure)
}

async fn file_part(provider: ProviderId, path: &Path) -> Result<FilePart, EngineError> {
    let unreadable = |code: &str, words: &str| {
        let failure = Failure::new(provider, FailureKind::InvalidInput);
        let (code, message) = (Some(code.to_owned()), Some(words.to_owned()));
        EngineError::unfit(Failure { code, message, ..failure })
    };
    let file = path.to_owned();
    let look = move || {
        let about = std::fs::metadata(&file)?;
        // One that is there and may not be read would only be found out while it is sent.
        if about.is_file() {
            std::fs::File::open(&file)?;
        }
        std::io::Result::Ok(about)
    };
    let about = tokio::task::spawn_blocking(look).await;
    let about = about.ok().and_then(Result::ok);
    let about = about.ok_or_else(|| unreadable("file_unreadable", "the file cannot be read"))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    match name {
        Some(name) if about.is_file() => Ok(FilePart {
            field: "file",
            media_type: media_type(&name).to_owned(),
            path: path.to_owned(),
            name,
            size: about.len(),
        }),
        _ => Err(unreadable("file_none", "this is no file")),
    }
}

/// By the ending of its name; whether the file is what it is called the provider finds out.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("mp4" | "m4v") => "video/mp4",
        Some("mov") => "video/quicktime",
        Some("webm") => "video/webm",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        _ => "application/octet-stream",
    }
}
