//! Whether there is a network, learned from the calls themselves and known once for all of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shiwen_core::{ProviderId, Timestamp};
use shiwen_http::{Cause, Request, Response, SendError, Sending, Transport};
use tokio::{sync::watch, time::Instant};

use crate::Clock;

/// A host that was reached this long ago speaks for the network no more.
const FRESH: Duration = Duration::from_secs(60);
/// Before the first probe; each that fails doubles it.
const FIRST_PROBE: Duration = Duration::from_secs(2);
const LAST_PROBE: Duration = Duration::from_secs(30);

/// Whether this machine can reach the services at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Online,
    /// No name is found or no way leads out. Tasks keep their state; one call at a time finds out when it is over.
    Offline {
        since: Timestamp,
    },
}

/// What may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    /// One call, to find out; best not to the provider of the last.
    Probe {
        last: Option<ProviderId>,
    },
    /// Nothing before then.
    Shut(Instant),
}

/// The transport, and what its outcomes say about the network.
pub(crate) struct Watched {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    seen: Arc<Seen>,
}

pub(crate) struct Seen {
    network: watch::Sender<Network>,
    pace: f64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each host was last asked, and whether it was reached.
    hosts: HashMap<String, (Instant, bool)>,
    probe_at: Option<Instant>,
    failed: u32,
    last: Option<ProviderId>,
}

impl Watched {
    pub(crate) fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        pace: f64,
    ) -> (Arc<Self>, Arc<Seen>) {
        let (network, _) = watch::channel(Network::Online);
        let seen = Arc::new(Seen { network, pace, state: Mutex::default() });
        (Arc::new(Self { transport, clock, seen: seen.clone() }), seen)
    }
}

impl Transport for Watched {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let answer = self.transport.send(request).await;
            if let (Some(reached), Some(host)) = (reached(&answer), request.url.host_str()) {
                self.seen.learn(host, reached, self.clock.now());
            }
            answer
        })
    }
}

/// Whether an outcome proves that its host can be reached, or that nothing can; none where it says neither.
fn reached(answer: &Result<Response, SendError>) -> Option<bool> {
    let Err(error) = answer else { return Some(true) };
    match error.cause() {
        cause if cause.is_offline() => Some(false),
        // Somebody answered.
        Cause::Connect | Cause::Tls | Cause::TooLarge | Cause::Garbled => Some(true),
        _ => None,
    }
}

impl Seen {
    pub(crate) fn network(&self) -> watch::Receiver<Network> {
        self.network.subscribe()
    }

    pub(crate) fn is_offline(&self) -> bool {
        matches!(*self.network.borrow(), Network::Offline { .. })
    }

    pub(crate) fn gate(&self) -> Gate {
        if !self.is_offline() {
            return Gate::Open;
        }
        let state = self.state();
        match state.probe_at {
            Some(at) if at > Instant::now() => Gate::Shut(at),
            _ => Gate::Probe { last: state.last },
        }
    }

    /// A call goes out to find out; the next waits for longer.
    pub(crate) fn probes(&self, provider: ProviderId) {
        let mut state = self.state();
        state.last = Some(provider);
        state.failed = state.failed.saturating_add(1);
        state.probe_at = Some(Instant::now() + probe_wait(state.failed).mul_f64(self.pace));
    }

    /// Something may have changed, e.g. the machine woke up: it is found out at once.
    pub(crate) fn probe_now(&self) {
        let mut state = self.state();
        state.failed = 0;
        state.probe_at = None;
    }

    /// Nobody wants to send anything, so nobody finds out.
    pub(crate) fn nobody_asks(&self) {
        self.state().hosts.clear();
        self.set(Network::Online);
    }

    fn learn(&self, host: &str, reached: bool, now: Timestamp) {
        let mut state = self.state();
        let at = Instant::now();
        state.hosts.retain(|_, (asked, _)| *asked + FRESH > at);
        state.hosts.insert(host.to_owned(), (at, reached));
        // One host whose name is gone does not make a machine offline while others answer.
        let alone = state.hosts.values().all(|(_, reached)| !reached);
        if !reached && alone && !self.is_offline() {
            state.failed = 0;
            state.probe_at = Some(at + FIRST_PROBE.mul_f64(self.pace));
        }
        drop(state);
        if reached {
            self.set(Network::Online);
        } else if alone && !self.is_offline() {
            self.set(Network::Offline { since: now });
        }
    }

    fn set(&self, network: Network) {
        self.network.send_if_modified(|known| {
            let changes = *known != network;
            *known = network;
            changes
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn probe_wait(failed: u32) -> Duration {
    (FIRST_PROBE * 2_u32.saturating_pow(failed.min(8))).min(LAST_PROBE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1);

    fn seen() -> Seen {
        let (network, _) = watch::channel(Network::Online);
        Seen { network, pace: 1.0, state: Mutex::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn one_name_that_is_gone_is_no_missing_network_while_another_answers() {
        let seen = seen();
        seen.learn("a.example", true, NOW);
        seen.learn("b.example", false, NOW);
        assert_eq!(seen.gate(), Gate::Open);
        seen.learn("a.example", false, NOW);
        assert_eq!(*seen.network().borrow(), Network::Offline { since: NOW });
        seen.learn("a.example", true, NOW);
        assert_eq!(seen.gate(), Gate::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn probes_get_rarer_until_something_changes() {
        let seen = seen();
        seen.learn("a.example", false, NOW);
        let mut waits = Vec::new();
        for _ in 0..6 {
            let Gate::Shut(at) = seen.gate() else { panic!("open") };
            waits.push((at - Instant::now()).as_secs());
            tokio::time::sleep_until(at).await;
            assert!(matches!(seen.gate(), Gate::Probe { .. }));
            seen.probes(ProviderId::Coze);
            seen.learn("a.example", false, NOW);
        }
        assert_eq!(waits, [2, 4, 8, 16, 30, 30]);
        seen.probe_now();
        assert_eq!(seen.gate(), Gate::Probe { last: Some(ProviderId::Coze) });
    }
}
