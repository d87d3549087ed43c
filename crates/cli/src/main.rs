//! `shiwen-cli`: the same engine, history and keys as the window, without a window.

mod extract;
mod list;
mod output;
mod sandbox;
mod transcribe;

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
    Transcribe(transcribe::Transcribe),
    /// List the newest tasks.
    Tasks {
        /// How many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show one task with its transcript.
    Show {
        /// The task's number, as `tasks` lists it.
        id: u32,
    },
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
        output::explain(&words, &error);
        Exit::of(&error)
    });
    exit.into()
}

async fn run(arguments: &Arguments, words: &Words) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Extract(extract) => extract.run(arguments.json, words),
        Command::Sandbox(sandbox) => sandbox.run().await,
        Command::Transcribe(transcribe) => {
            let session = open(arguments).await?;
            let exit = transcribe.run(&session, arguments.json, words).await;
            tokio::select! {
                () = session.close() => {}
                // A second interruption: the user is in a hurry, and what is out becomes uncertain.
                _ = tokio::signal::ctrl_c() => {}
            }
            exit
        }
        Command::Tasks { limit } => {
            list::tasks(&open(arguments).await?, *limit, arguments.json, words)
        }
        Command::Show { id } => list::show(&open(arguments).await?, *id, arguments.json, words),
        Command::Providers => list::providers(&open(arguments).await?, arguments.json, words),
    }
}

async fn open(arguments: &Arguments) -> anyhow::Result<Session> {
    let folder =
        arguments.data_dir.clone().or_else(default_folder).ok_or(SessionError::NoFolder)?;
    let folder = std::path::absolute(&folder).context("the data folder has no absolute path")?;
    let mode = if arguments.sandbox { Mode::sandbox() } else { Mode::Real };
    Ok(Session::open(&Options { folder, mode, environment: Environment::of_process() }).await?)
}
