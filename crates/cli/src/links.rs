//! From a share text to the tasks of its videos, in the order of the text.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use shiwen_core::{
    Chip, Detection, Entry, Input, Operation, Platform, ProviderId, Submission, TaskId, Timestamp,
};
use shiwen_engine::{Engine, EngineError};
use shiwen_providers::services;
use shiwen_session::{Session, Settings, StoreError, Words};

use crate::{
    extract, json,
    output::{Exit, say},
    patience::Patience,
    print,
};

/// How long short links are followed before the text is taken as far as it is known: a little longer than one is
/// followed at most, so that the engine knows of one that led nowhere and does not try it again at once.
const FOLLOWING: Duration = Duration::from_secs(7);
/// Links that are followed at once, for the patience with many.
const AT_ONCE: u32 = 6;
const FOLLOWING_AT_MOST: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub(crate) struct Links {
    /// The share text; `-` reads standard input. Every video in it is submitted, without a question.
    text: String,
    /// Pay again for videos that the history has already.
    #[arg(long)]
    again: bool,
    /// Do not ask short-link hosts which video a link leads to. The same video under another short link is then paid
    /// for again.
    #[arg(long)]
    no_follow: bool,
    #[command(flatten)]
    patience: Patience,
}

/// What is asked about the videos of a text.
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    pub(crate) provider: Option<ProviderId>,
    pub(crate) target_language: Option<String>,
    pub(crate) input: Input,
    pub(crate) together: bool,
    /// Providers that may be tried after the first.
    pub(crate) then: Vec<ProviderId>,
}

impl Links {
    pub(crate) async fn run(
        &self,
        asked: &Asked,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let text = extract::read(Some(&self.text))?;
        let engine = &session.engine;
        let detection = self.detect(asked, engine, &text).await?;
        let wanted: Vec<&Chip> =
            detection.chips.iter().filter(|chip| asked.can_be_about(chip)).collect();
        for chip in detection.chips.iter().filter(|chip| !asked.can_be_about(chip)) {
            eprintln!("{} {}", words.say("cli.skipped", &[]), chip.link.url);
        }
        if wanted.is_empty() {
            if detection.chips.is_empty() {
                extract::say_notice(words, &text, &shiwen_share_text::extract(&text));
            }
            return Ok(Exit::NoLink);
        }
        let tasks = self.tasks(asked, session, &text, &wanted)?;
        for id in &tasks {
            // Nobody waited for it any more; waiting again is free, and a second bill is not.
            match engine.store().resume(*id, Timestamp::now()) {
                Ok(()) | Err(StoreError::WrongState) => {}
                Err(error) => return Err(EngineError::from(error).into()),
            }
        }
        let show = |detail: &_, index, exit| {
            if json {
                say!("{}", json::line(detail)?);
                return Ok(());
            }
            print::task(session, detail, index, exit, words)
        };
        self.patience.with(session, &tasks, words, show).await
    }

    /// What is in the text, its short links followed as far as the user and the hosts let us.
    async fn detect(
        &self,
        asked: &Asked,
        engine: &Engine,
        text: &str,
    ) -> Result<Detection, EngineError> {
        if self.no_follow {
            engine.leave_short_links();
        } else {
            let followed = engine.resolve_links(text, asked.operation);
            let links = u32::try_from(shiwen_share_text::extract(text).len()).unwrap_or(u32::MAX);
            let patience = FOLLOWING.saturating_mul(links.div_ceil(AT_ONCE)).min(FOLLOWING_AT_MOST);
            // Whatever was learned by then is in the history.
            if let Ok(Err(error)) = tokio::time::timeout(patience, followed).await {
                return Err(error);
            }
        }
        asked.look(engine, text)
    }

    /// The tasks of the wanted videos in their order: what the history has, and new ones for the others.
    fn tasks(
        &self,
        asked: &Asked,
        session: &Session,
        text: &str,
        wanted: &[&Chip],
    ) -> anyhow::Result<Vec<TaskId>> {
        let engine = &session.engine;
        let known = |chip: &Chip| {
            let known = chip.known.as_ref().filter(|_| !self.again);
            known.map(|known| known.task)
        };
        let fresh = wanted.iter().filter(|chip| known(chip).is_none());
        let urls: Vec<String> = fresh.map(|chip| chip.link.url.clone()).collect();
        let fresh = urls.len();
        let mut created = Vec::new();
        if fresh > 0 {
            created = engine.create_tasks(&Submission {
                share_text: text.to_owned(),
                again: if self.again || asked.question().is_some() {
                    urls.clone()
                } else {
                    Vec::new()
                },
                urls,
                // What the history has needs no provider.
                provider: provider(session, asked.provider, asked.operation)?,
                operation: asked.operation,
                target_language: asked.target_language.clone(),
                input: asked.input.clone(),
                together: asked.together,
                then: asked.then.clone(),
            })?;
        }
        if created.len() < fresh {
            // Another process was faster with some of them, so the history has those, too.
            let now = asked.look(engine, text)?.chips.into_iter();
            let now = now.filter(|chip| asked.can_be_about(chip));
            return Ok(now.filter_map(|chip| known(&chip)).collect());
        }
        let mut created = created.into_iter();
        Ok(wanted.iter().filter_map(|chip| known(chip).or_else(|| created.next())).collect())
    }
}

impl Asked {
    /// What is in the text, with what the history has of it that answers the same.
    fn look(&self, engine: &Engine, text: &str) -> Result<Detection, EngineError> {
        let mut detection = engine.detect(text, self.operation)?;
        let store = engine.store();
        for chip in &mut detection.chips {
            if let Some(language) = &self.target_language {
                let key = chip.link.video_key();
                chip.known = store.known(&key, self.operation, Some(language))?;
            }
            // An answer to another question is none to this one.
            if let (Some(question), Some(known)) = (self.question(), &chip.known)
                && store.detail(known.task)?.input.get("prompt") != Some(question)
            {
                chip.known = None;
            }
        }
        Ok(detection)
    }

    /// What an analysis is asked besides what it always says.
    fn question(&self) -> Option<&Entry> {
        self.input.get("prompt").filter(|_| self.operation == Operation::Analyze)
    }

    fn can_be_about(&self, chip: &Chip) -> bool {
        let any_site = self.operation == Operation::Analyze;
        !chip.not_a_work && (any_site || chip.link.platform != Platform::Other)
    }
}

/// The provider that the user named, else the one used last if it can do this, else the first that can.
pub(crate) fn provider(
    session: &Session,
    named: Option<ProviderId>,
    operation: Operation,
) -> anyhow::Result<ProviderId> {
    if let Some(provider) = named {
        return Ok(provider);
    }
    let settings: Settings =
        session.engine.store().setting(Settings::NAME).map_err(EngineError::from)?;
    let providers = session.engine.providers()?;
    let offering: Vec<_> =
        providers.iter().filter(|view| view.operations.contains(&operation)).collect();
    let able = |id: ProviderId| offering.iter().any(|view| view.id == id && view.ready);
    let used_last = settings.provider.filter(|id| able(*id));
    let first = offering.iter().map(|view| view.id).find(|id| able(*id));
    let none = offering.first().map_or(ProviderId::Momoget, |view| view.id);
    Ok(used_last.or(first).ok_or(EngineError::NotReady(none))?)
}

/// The words of the providers that do this, so that a wrong one is answered with the right ones.
pub(crate) fn offering(operation: Operation) -> impl TypedValueParser<Value = ProviderId> {
    of_cards(move |operations| operations.contains(&operation))
}

/// The words of all providers.
pub(crate) fn any_provider() -> impl TypedValueParser<Value = ProviderId> {
    of_cards(|_| true)
}

fn of_cards(wanted: impl Fn(&[Operation]) -> bool) -> impl TypedValueParser<Value = ProviderId> {
    let cards = services().iter().map(|service| service.card());
    let words = cards.filter(|card| wanted(card.operations)).map(|card| card.id.as_str());
    PossibleValuesParser::new(words).try_map(|word| word.parse::<ProviderId>())
}
