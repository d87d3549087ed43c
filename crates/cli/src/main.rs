//! `shiwen-cli`: the same engine, history and keys as the window, without a window.

mod backup;
mod download;
mod export;
mod extract;
mod failures;
mod follow;
mod form;
mod json;
mod links;
mod list;
mod orders;
mod output;
mod pastes;
mod patience;
mod print;
mod quota;
mod rawugc;
mod sandbox;
mod search;
mod texts;
mod tidy;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Parser, Subcommand};
use shiwen_session::{
    Environment, Language, Mode, Options, Session, SessionError, Words, default_folder,
};

use output::Exit;

/// 拾文：粘贴短视频分享文案，取回口播文案。
///
/// Keys come from the system's keychain, or from SHIWEN_<PROVIDER>_<FIELD> variables; never from arguments.
#[derive(Parser)]
#[command(name = "shiwen-cli", version, max_term_width = 100)]
struct Arguments {
    /// Simulated services: nothing is charged, and its history is kept apart.
    #[arg(long, global = true)]
    sandbox: bool,
    /// Where the history is, if not in the platform's data folder.
    #[arg(long, global = true, env = "SHIWEN_DATA_DIR", value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Language of the words: zh-CN or en; the system's by default.
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = ["zh-CN", "en"])]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find the links in a text. Uses no network and no file.
    Extract(extract::Extract),
    /// Get the transcript of every video in a share text, and wait for it.
    Transcribe(texts::Transcribe),
    /// Get title, author, cover and media address of every video in a share text.
    Resolve(texts::Resolve),
    /// Have every video in a share text watched and described.
    Analyze(texts::Analyze),
    /// Make a video, a picture or music. The help of each lists what providers and models take.
    #[command(subcommand)]
    Generate(Box<orders::Generate>),
    /// Burn captions into a generated video: another version of it.
    Caption(orders::Caption),
    /// Put a text over a generated video: another version of it.
    Overlay(orders::Overlay),
    /// Follow a task that was begun elsewhere, by its id at the provider. Free.
    Follow(follow::Follow),
    /// Wait for tasks of the history. Free.
    Wait(follow::Wait),
    /// Download a task's video, cover or work. One that broke off goes on where it stopped.
    Download(download::Fetch),
    /// Test accounts for free and say what is left in them.
    Quota(quota::Quota),
    /// What RawUGC keeps for you: rawugc GROUP VERB. Answers in JSON; alone it lists groups, verbs and fields.
    Rawugc(rawugc::RawUgc),
    /// List the newest tasks.
    Tasks(list::Tasks),
    /// Show one task with what came back.
    Show {
        /// The task's number, as `tasks` lists it.
        id: u32,
    },
    /// Submit nothing more of what was pasted together with a task, until `resume`. What was submitted goes on.
    Pause(pastes::Member),
    /// Go on with what was paused, in the order of its links. It is submitted, and paid for, as soon as something runs.
    Resume(pastes::Member),
    /// Find tasks by any part of their texts, titles, authors, notes, tags and links.
    Search(search::Search),
    /// Write tasks as files: text, Markdown, Word, tables or JSON.
    Export(export::Export),
    /// Bring tasks of another history from a file that was exported as JSON.
    Import(export::Import),
    /// Make a text readable: drop time stamps, join lines, make paragraphs. Uses no network.
    Tidy(tidy::Tidy),
    /// Copy the whole history, or take a copy back.
    #[command(subcommand)]
    Backup(backup::Backup),
    /// Make the index of the search anew, where it does not find what is there.
    Reindex(search::Reindex),
    /// List the providers and what is set up for each.
    Providers,
    /// Run the simulated services until interrupted. The first line of output is their address.
    Sandbox(sandbox::Run),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let level = std::env::var("SHIWEN_LOG")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(tracing::Level::ERROR);
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level).init();
    let words = Words::new(match arguments.lang.as_deref() {
        Some("en") => Language::English,
        Some(_) => Language::Chinese,
        None => Language::System,
    });
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return Exit::Broken.into();
        }
    };
    let exit = runtime.block_on(run(&arguments, &words)).unwrap_or_else(|error| {
        if output::nobody_reads(&error) {
            return Exit::Done;
        }
        output::explain(&words, &error, arguments.json || arguments.command.speaks_json());
        Exit::of(&error)
    });
    exit.into()
}

impl Command {
    /// Whether it answers in JSON without being asked to.
    fn speaks_json(&self) -> bool {
        matches!(self, Self::Rawugc(_))
    }
}

async fn run(arguments: &Arguments, words: &Words) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Extract(extract) => extract.run(arguments.json, words),
        Command::Sandbox(sandbox) => sandbox.run().await,
        Command::Rawugc(rawugc) if rawugc.is_list() => rawugc::RawUgc::list(arguments.json, words),
        Command::Tidy(tidy) if !tidy.is_of_task() => tidy.run_on_text(arguments.json),
        Command::Backup(backup::Backup::Restore { path }) => {
            let Options { folder, mode, .. } = options(arguments)?;
            backup::Backup::restore(path, &folder, &mode, arguments.json, words)
        }
        command => {
            let session = open(arguments).await?;
            output::say_salvaged(&session, words)?;
            let exit = {
                let work = within(command, &session, arguments.json, words);
                tokio::pin!(work);
                tokio::select! {
                    exit = &mut work => exit,
                    () = output::damage(&session) => {
                        eprintln!("{}", words.say("cli.damaged", &[]));
                        work.await
                    }
                }
            };
            tokio::select! {
                () = session.close() => {}
                // A second interruption: the user is in a hurry, and what is out becomes uncertain.
                _ = tokio::signal::ctrl_c() => {}
            }
            exit
        }
    }
}

async fn within(
    command: &Command,
    session: &Session,
    json: bool,
    words: &Words,
) -> anyhow::Result<Exit> {
    match command {
        Command::Transcribe(transcribe) => transcribe.run(session, json, words).await,
        Command::Resolve(resolve) => resolve.run(session, json, words).await,
        Command::Analyze(analyze) => analyze.run(session, json, words).await,
        Command::Generate(generate) => generate.run(session, json, words).await,
        Command::Caption(caption) => caption.run(session, json, words).await,
        Command::Overlay(overlay) => overlay.run(session, json, words).await,
        Command::Follow(follow) => follow.run(session, json, words).await,
        Command::Wait(wait) => wait.run(session, json, words).await,
        Command::Download(fetch) => fetch.run(session, json, words).await,
        Command::Quota(quota) => quota.run(session, json, words).await,
        Command::Rawugc(rawugc) => rawugc.run(session, words).await,
        Command::Tasks(tasks) => tasks.run(session, json, words),
        Command::Pause(member) => member.pause(session, json, words),
        Command::Resume(member) => member.resume(session, json, words),
        Command::Search(search) => search.run(session, json, words),
        Command::Export(export) => export.run(session, json, words).await,
        Command::Import(import) => import.run(session, json, words),
        Command::Tidy(tidy) => tidy.run(session, json, words),
        Command::Backup(backup) => backup.run(session, json, words),
        Command::Reindex(reindex) => reindex.run(session, json, words),
        Command::Show { id } => list::show(session, *id, json, words),
        Command::Providers => list::providers(session, json, words),
        // These need no history.
        Command::Extract(extract) => extract.run(json, words),
        Command::Sandbox(sandbox) => sandbox.run().await,
    }
}

async fn open(arguments: &Arguments) -> anyhow::Result<Session> {
    Ok(Session::open(&options(arguments)?).await?)
}

fn options(arguments: &Arguments) -> anyhow::Result<Options> {
    let folder =
        arguments.data_dir.clone().or_else(default_folder).ok_or(SessionError::NoFolder)?;
    let folder = std::path::absolute(&folder).context("the data folder has no absolute path")?;
    let mode = if arguments.sandbox { Mode::sandbox() } else { Mode::Real };
    Ok(Options { folder, mode, environment: Environment::of_process() })
}
