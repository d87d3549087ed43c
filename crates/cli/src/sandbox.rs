//! `sandbox`: the simulated services as a process of their own.

use std::io::Write;

use shiwen_sandbox::{Options, Sandbox};

use crate::output::{Exit, say};

#[derive(clap::Args)]
pub(crate) struct Run {
    /// Port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Multiplies the times that tasks take.
    #[arg(long, env = "SHIWEN_SANDBOX_PACE", default_value_t = 1.0)]
    pace: f64,
    /// Another seed gives other texts for the same links.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Momoget's uses at the start.
    #[arg(long)]
    momoget_uses: Option<u32>,
    /// TranscriptGenerate's seconds of video at the start.
    #[arg(long)]
    transcriptgenerate_seconds: Option<u32>,
    /// RawUGC's credits at the start.
    #[arg(long)]
    rawugc_credits: Option<u32>,
    /// Calls to RawUGC in a minute times the pace; 0 for no limit.
    #[arg(long)]
    rawugc_calls_per_minute: Option<u32>,
}

impl Run {
    pub(crate) async fn run(&self) -> anyhow::Result<Exit> {
        let sandbox = Sandbox::start(self.options()).await?;
        say!("{}", sandbox.url());
        std::io::stdout().flush()?;
        tokio::signal::ctrl_c().await?;
        sandbox.stop().await;
        Ok(Exit::Done)
    }

    fn options(&self) -> Options {
        let usual = Options::default();
        Options {
            port: self.port,
            pace: self.pace,
            seed: self.seed,
            momoget_uses: self.momoget_uses.unwrap_or(usual.momoget_uses),
            transcriptgenerate_seconds: self
                .transcriptgenerate_seconds
                .unwrap_or(usual.transcriptgenerate_seconds),
            rawugc_credits: self.rawugc_credits.unwrap_or(usual.rawugc_credits),
            rawugc_calls_per_minute: self
                .rawugc_calls_per_minute
                .unwrap_or(usual.rawugc_calls_per_minute),
        }
    }
}
