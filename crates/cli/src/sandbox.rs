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
}

impl Run {
    pub(crate) async fn run(&self) -> anyhow::Result<Exit> {
        let sandbox =
            Sandbox::start(Options { port: self.port, pace: self.pace, ..Options::default() })
                .await?;
        say!("{}", sandbox.url());
        std::io::stdout().flush()?;
        tokio::signal::ctrl_c().await?;
        sandbox.stop().await;
        Ok(Exit::Done)
    }
}
