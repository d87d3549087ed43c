//! `transcribe`: from a share text to its transcripts, in the order of the text.

use std::{io::IsTerminal, time::Duration};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use shiwen_core::{
    Chip, Detection, Operation, Platform, ProviderId, Submission, Task, TaskDetail, TaskId,
    TaskState, Timestamp, Unit,
};
use shiwen_engine::{Engine, EngineError};
use shiwen_session::{Session, Settings, StoreError, Words};

use crate::{
    extract,
    output::{Exit, cause, say},
};

/// How long short links are followed before the text is taken as far as it is known.
const FOLLOWING: Duration = Duration::from_secs(6);
/// Links that are followed at once, for the patience with many.
const AT_ONCE: u32 = 6;
const FOLLOWING_AT_MOST: Duration = Duration::from_secs(30);
/// How often the history is looked at besides its announcements: another process may own the tasks.
const LOOK: Duration = Duration::from_millis(250);

#[derive(clap::Args)]
pub(crate) struct Transcribe {
    /// The share text; `-` reads standard input. Every video in it is submitted, without a question.
    text: String,
    /// momoget, transcriptgenerate or coze; by default the one used last, else the first that is set up.
    #[arg(long, value_parser = known_provider())]
    provider: Option<ProviderId>,
    /// Pay again for videos that the history has already.
    #[arg(long)]
    again: bool,
    /// Do not ask short-link hosts which video a link leads to. The same video under another short link is then paid
    /// for again.
    #[arg(long)]
    no_follow: bool,
    /// Translate into this language (en, ja, ko …), where the provider can.
    #[arg(long, value_name = "LANGUAGE")]
    translate: Option<String>,
    /// Stop waiting after this many seconds. The tasks go on at the next start.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

impl Transcribe {
    pub(crate) async fn run(
        &self,
        session: &Session,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let text = extract::read(Some(&self.text))?;
        let engine = &session.engine;
        let detection = self.detect(engine, &text).await?;
        let wanted: Vec<&Chip> =
            detection.chips.iter().filter(|chip| can_be_transcribed(chip)).collect();
        for chip in detection.chips.iter().filter(|chip| !can_be_transcribed(chip)) {
            eprintln!("{} {}", words.say("cli.skipped", &[]), chip.link.url);
        }
        if wanted.is_empty() {
            if detection.chips.is_empty() {
                extract::say_notice(words, &text, &shiwen_share_text::extract(&text));
            }
            return Ok(Exit::NoLink);
        }
        let tasks = self.tasks(session, &text, &wanted)?;
        for id in &tasks {
            // Nobody waited for it any more; waiting again is free, and a second bill is not.
            match engine.store().resume(*id, Timestamp::now()) {
                Ok(()) | Err(StoreError::WrongState) => {}
                Err(error) => return Err(EngineError::from(error).into()),
            }
        }
        session.run()?;
        let deadline = self.timeout.map(Duration::from_secs);
        let waited = async { self.all(session, &tasks, json, words).await };
        tokio::select! {
            exit = waited => exit,
            () = asleep(deadline) => {
                eprintln!("{}", words.say("cli.still_running", &[]));
                Ok(Exit::Waiting)
            }
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                eprintln!("{}", words.say("cli.still_running", &[]));
                Ok(Exit::Waiting)
            }
        }
    }

    /// What is in the text, its short links followed as far as the user and the hosts let us.
    async fn detect(&self, engine: &Engine, text: &str) -> Result<Detection, EngineError> {
        if !self.no_follow {
            let followed = engine.resolve_links(text, Operation::Transcribe);
            let links = u32::try_from(shiwen_share_text::extract(text).len()).unwrap_or(u32::MAX);
            let patience = FOLLOWING.saturating_mul(links.div_ceil(AT_ONCE)).min(FOLLOWING_AT_MOST);
            // Whatever was learned by then is in the history.
            if let Ok(Err(error)) = tokio::time::timeout(patience, followed).await {
                return Err(error);
            }
        }
        self.look(engine, text)
    }

    /// What is in the text, with what the history has of it in the wanted language.
    fn look(&self, engine: &Engine, text: &str) -> Result<Detection, EngineError> {
        let mut detection = engine.detect(text, Operation::Transcribe)?;
        if let Some(language) = &self.translate {
            for chip in &mut detection.chips {
                let key = chip.link.video_key();
                let store = engine.store();
                chip.known = store.known(&key, Operation::Transcribe, Some(language))?;
            }
        }
        Ok(detection)
    }

    /// The tasks of the wanted videos in their order: what the history has, and new ones for the others.
    fn tasks(
        &self,
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
                again: if self.again { urls.clone() } else { Vec::new() },
                urls,
                // What the history has needs no provider.
                provider: self.provider(session)?,
                operation: Operation::Transcribe,
                target_language: self.translate.clone(),
            })?;
        }
        if created.len() < fresh {
            // Another process was faster with some of them, so the history has those, too.
            let now = self.look(engine, text)?.chips.into_iter().filter(can_be_transcribed);
            return Ok(now.filter_map(|chip| known(&chip)).collect());
        }
        let mut created = created.into_iter();
        Ok(wanted.iter().filter_map(|chip| known(chip).or_else(|| created.next())).collect())
    }

    async fn all(
        &self,
        session: &Session,
        tasks: &[TaskId],
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let mut worst = Exit::Done;
        for (index, id) in tasks.iter().enumerate() {
            let exit = ended(session, *id, words).await?;
            let detail = session.engine.store().detail(*id).map_err(EngineError::from)?;
            worst = worst.max(exit);
            if json {
                say!("{}", serde_json::to_string(&detail)?);
            } else {
                let unit = session.engine.provider(detail.task.provider)?.unit;
                print(&detail, index, exit, words, unit)?;
            }
        }
        Ok(worst)
    }

    fn provider(&self, session: &Session) -> anyhow::Result<ProviderId> {
        if let Some(provider) = self.provider {
            return Ok(provider);
        }
        let settings: Settings =
            session.engine.store().setting(Settings::NAME).map_err(EngineError::from)?;
        let providers = session.engine.providers()?;
        let able = |id: ProviderId| {
            providers.iter().any(|view| {
                view.id == id && view.ready && view.operations.contains(&Operation::Transcribe)
            })
        };
        let used_last = settings.provider.filter(|id| able(*id));
        let first = providers.iter().map(|view| view.id).find(|id| able(*id));
        let none = providers.first().map_or(ProviderId::Momoget, |view| view.id);
        Ok(used_last.or(first).ok_or(EngineError::NotReady(none))?)
    }
}

fn can_be_transcribed(chip: &Chip) -> bool {
    !chip.not_a_work && chip.link.platform != Platform::Other
}

async fn ended(session: &Session, id: TaskId, words: &Words) -> anyhow::Result<Exit> {
    let store = session.engine.store();
    let mut changes = store.changes();
    let mut said: Option<TaskState> = None;
    loop {
        let task: Task = store.task(id).map_err(EngineError::from)?;
        if said != Some(task.state) {
            // Somebody who watches wants to know; a script reads standard output only.
            if std::io::stderr().is_terminal() {
                eprintln!("{} {}", words.say(&format!("state.{}", task.state), &[]), address(task));
            }
            said = Some(task.state);
        }
        if let Some(exit) = Exit::of_task(&task) {
            return Ok(exit);
        }
        // Announcements of this process, or another's writes found by looking.
        let _ = tokio::time::timeout(LOOK, changes.recv()).await;
    }
}

fn print(
    detail: &TaskDetail,
    index: usize,
    exit: Exit,
    words: &Words,
    unit: Unit,
) -> anyhow::Result<()> {
    let task = &detail.task;
    match detail.transcripts.last() {
        Some(transcript) if exit == Exit::Done => {
            if index > 0 {
                say!("");
            }
            say!("{}", transcript.text);
        }
        _ => eprintln!("{} {}", address(task), cause(words, task, unit)),
    }
    Ok(())
}

/// The words of the providers that are built in, so that a wrong one is answered with the right ones.
fn known_provider() -> impl TypedValueParser<Value = ProviderId> {
    let known = [ProviderId::Momoget, ProviderId::TranscriptGenerate, ProviderId::Coze];
    PossibleValuesParser::new(known.map(ProviderId::as_str))
        .try_map(|word| word.parse::<ProviderId>())
}

async fn asleep(deadline: Option<Duration>) {
    match deadline {
        Some(deadline) => tokio::time::sleep(deadline).await,
        None => std::future::pending().await,
    }
}

fn address(task: &Task) -> &str {
    task.link.as_ref().map_or("", |link| &link.url)
}
