//! The services behind a transport: every create call and every question meets a row of the table, drawn by the seed.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use fastrand::Rng;
use serde_json::{Value, json};
use shiwen_http::{Cause, Request, Response, SendError, Sending, Transport};
use tokio::time::sleep;

use crate::{
    ledger::{Call, End, Remote, Verdict},
    points::{Event, KillPoint, PollRow, Row},
    speech::{Kind, MODEL, Wish, is_signed, keys_in, prompt_of, text_of, url_of, wish},
    world::{Doing, State, World},
};

/// What the way to a service answers.
pub(crate) type Answer = Result<Response, SendError>;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const NEVER: i64 = i64::MAX;
/// Uses that the accounts had at first.
const LEFT: u32 = 9_000;

/// The way from the program to the services.
pub(crate) struct Services(pub(crate) Arc<World>);

impl Transport for Services {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            if self.0.state().dead {
                return std::future::pending().await;
            }
            assert!(is_signed(request), "a request without its key: {request:?}");
            let answer = match wish(request) {
                Some(Wish::Create(kind)) => self.create(kind, request).await,
                Some(wish) => self.question(&wish, request).await,
                None => panic!("nobody there: {request:?}"),
            };
            match answer {
                Some(answer) => answer,
                // The program is dead.
                None => std::future::pending().await,
            }
        })
    }
}

impl Services {
    /// None once the program is dead.
    async fn create(&self, kind: Kind, request: &Request) -> Option<Answer> {
        let world = &self.0;
        let (call, row, mut rng) = world.state().begins(kind, request);
        if world.passes(KillPoint::BeforeConnect) {
            return None;
        }
        if let Some((cause, wait)) = unsent(row, request, &mut rng) {
            sleep(wait).await;
            if world.state().dead {
                return None;
            }
            world.state().hears(call, Verdict::NotSent { offline: cause.is_offline() });
            return Some(Err(SendError::NotSent { cause, detail: "never sent".to_owned() }));
        }
        sleep(millis(20, 120, &mut rng)).await;
        if world.passes(KillPoint::Connected) {
            return None;
        }
        world.state().ledger.calls[call].seen = true;
        // Half a body is nothing that a service begins to work on.
        if world.passes(KillPoint::BodyHalfSent) {
            return None;
        }
        world.state().arrives(call, row, &mut rng);
        if world.passes(KillPoint::BodySent) {
            return None;
        }
        let (wait, verdict, answer) = world.state().answers(call, row, request, &mut rng);
        sleep(wait).await;
        if row == Row::AsleepWhileOut {
            let long = Duration::from_secs(rng.u64(60..8 * 3600));
            world.state().sleep(long);
        }
        if world.state().dead || world.passes(KillPoint::HeadReceived) {
            return None;
        }
        world.state().hears(call, verdict);
        Some(answer)
    }

    async fn question(&self, wish: &Wish, request: &Request) -> Option<Answer> {
        let world = &self.0;
        let (row, mut rng) = world.state().asked(wish);
        let wait = match row {
            PollRow::Timeout => request.timeout,
            _ => millis(20, 900, &mut rng),
        };
        sleep(wait / 2).await;
        if world.state().dead || world.passes(KillPoint::DuringPoll) {
            return None;
        }
        sleep(wait / 2).await;
        if world.state().dead {
            return None;
        }
        Some(world.state().says(wish, row, &mut rng))
    }
}

impl State {
    fn begins(&mut self, kind: Kind, request: &Request) -> (usize, Row, Rng) {
        let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
        let keys = keys_in(&body);
        assert!(!keys.is_empty(), "a create call about nothing: {request:?}");
        let before = self.ledger.calls_for(&keys[0]).count();
        let mut rng = self.chance(&keys[0], before);
        let row = self.row(kind, &mut rng);
        self.coverage.row(row);
        self.coverage.event(Event::Create);
        self.note(|| format!("create {kind:?} {keys:?} meets {row:?}"));
        let call = Call {
            kind,
            keys,
            at: self.wall(),
            clock_off: self.wall() - self.truly(),
            life: self.life,
            row: Some(row),
            seen: false,
            remote: None,
            verdict: None,
            settled: false,
        };
        self.ledger.calls.push(call);
        self.doing = Doing::Anything;
        (self.ledger.calls.len() - 1, row, rng)
    }

    /// What a create call meets.
    fn row(&self, kind: Kind, rng: &mut Rng) -> Row {
        if self.offline {
            return if rng.bool() { Row::NameNotFound } else { Row::NoRoute };
        }
        if self.bad_keys.contains(&kind.provider()) {
            return Row::OwnKeyRefused;
        }
        if rng.f64() >= self.faults {
            return Row::Accepted;
        }
        match Row::ALL[rng.usize(..Row::ALL.len())] {
            Row::OwnConcurrency if !kind.counts_tasks() => Row::OwnRateLimit,
            row => row,
        }
    }

    /// The service has the whole request. Of some rows nobody can tell whether it began to work.
    fn arrives(&mut self, call: usize, row: Row, rng: &mut Rng) {
        let begins = match row {
            Row::ResetUnread
            | Row::OwnRefusal
            | Row::OwnQuota
            | Row::OwnKeyRefused
            | Row::OwnRateLimit
            | Row::OwnConcurrency
            | Row::PageDefinite
            | Row::PageTooMany => false,
            Row::PageDoubtful
            | Row::OwnFault
            | Row::Status408
            | Row::Status500
            | Row::Status502
            | Row::Status503
            | Row::Status504
            | Row::Status520
            | Row::Redirect
            | Row::ReadThenClosed
            | Row::ReadThenReset
            | Row::ReadThenSilence
            | Row::AsleepWhileOut => rng.bool(),
            _ => true,
        };
        if !begins {
            return;
        }
        let Call { kind, keys, .. } = self.ledger.calls[call].clone();
        let now = self.truly();
        let calm = self.faults == 0.0;
        let takes = match rng.u32(..100) {
            0 if !calm => rng.i64(35 * MINUTE..120 * MINUTE),
            1..5 if !calm => rng.i64(3 * MINUTE..15 * MINUTE),
            _ => rng.i64(4 * SECOND..40 * SECOND),
        };
        let mut end = || match rng.u32(..100) {
            0..6 if !calm => End::Failed,
            6..9 if !calm => End::Empty,
            _ => End::Done,
        };
        let ends = match keys.len() {
            1 => vec![end()],
            _ => keys
                .iter()
                .map(|_| if end() == End::Done { End::Done } else { End::Failed })
                .collect(),
        };
        let late = kind.may_be_late() && !calm && rng.u32(..8) == 0;
        let forgotten = !calm && rng.u32(..60) == 0;
        let remote = Remote {
            kind,
            id: kind.new_id(self.ledger.remotes.len() + 1),
            keys,
            ends,
            created_at: now,
            known_at: if late { now + 9 * SECOND } else { now },
            done_at: now + takes,
            gone_at: if forgotten { now + rng.i64(SECOND..3 * MINUTE) } else { NEVER },
            questions: 0,
        };
        self.note(|| format!("the service began {remote:?}"));
        self.coverage.event(Event::Processed);
        for unwanted in self.ledger.process(call, remote) {
            self.violated(unwanted);
        }
    }

    /// What comes back of a create call, when, and what it proves.
    fn answers(
        &mut self,
        call: usize,
        row: Row,
        request: &Request,
        rng: &mut Rng,
    ) -> (Duration, Verdict, Answer) {
        let kind = self.ledger.calls[call].kind;
        let soon = millis(30, 1500, rng);
        let lost = |cause, status| {
            Err(SendError::Ambiguous { cause, detail: "no answer".to_owned(), status })
        };
        let unknown = |wait, answer| (wait, Verdict::Unknown, answer);
        let own = |verdict, (status, body): (u16, Value)| (soon, verdict, said(status, &[], &body));
        match row {
            Row::ReadThenSilence => unknown(request.timeout, lost(Cause::Timeout, None)),
            Row::BodyStalls => unknown(request.timeout, lost(Cause::Timeout, Some(200))),
            Row::GarbageHead => unknown(soon, lost(Cause::Garbled, None)),
            Row::BodyCut => unknown(soon, lost(Cause::Broken, Some(200))),
            Row::BodyNotGzip => unknown(soon, lost(Cause::Garbled, Some(200))),
            Row::BodyTooLarge => unknown(soon, lost(Cause::TooLarge, Some(200))),
            Row::NotJson => unknown(soon, page(200, &[])),
            Row::HalfJson => unknown(soon, bytes(200, &[], b"{\"code\":2".to_vec())),
            Row::WithoutId => own(Verdict::Unknown, kind.without_id()),
            Row::Accepted => self.accepts(call, soon),
            Row::AcceptedLate => self.accepts(call, request.timeout - Duration::from_secs(1)),
            Row::OwnRefusal => own(Verdict::Rejected, kind.refusal()),
            Row::OwnQuota => own(Verdict::Rejected, kind.no_quota()),
            Row::OwnKeyRefused => own(Verdict::Rejected, kind.key_refused()),
            Row::OwnFault => own(Verdict::Unknown, kind.fault()),
            Row::OwnRateLimit => own(Verdict::Later, kind.too_many()),
            Row::OwnConcurrency => own(Verdict::Later, kind.full()),
            Row::PageDefinite => {
                (soon, Verdict::Rejected, page(pick(&[401, 403, 407, 413], rng), &[]))
            }
            Row::PageDoubtful => {
                unknown(soon, page(pick(&[400, 402, 404, 405, 409, 422], rng), &[]))
            }
            Row::PageTooMany => {
                let wait = format!("{}", rng.u32(1..40));
                let head: &[(&str, &str)] =
                    if rng.bool() { &[("retry-after", &wait)] } else { &[] };
                (soon, Verdict::Later, page(429, head))
            }
            Row::Status408 => unknown(soon, page(408, &[])),
            Row::Status500 => unknown(soon, page(500, &[])),
            Row::Status502 => unknown(soon, page(502, &[])),
            Row::Status503 => unknown(soon, page(503, &[("retry-after", "7")])),
            Row::Status504 => unknown(soon, page(504, &[])),
            Row::Status520 => unknown(soon, page(520, &[])),
            Row::Redirect => {
                let status = pick(&[301, 302, 303, 307, 308], rng);
                unknown(
                    soon,
                    bytes(status, &[("location", "https://elsewhere.example/")], Vec::new()),
                )
            }
            // Whatever else reaches the service breaks off.
            _ => unknown(soon, lost(Cause::Broken, None)),
        }
    }

    fn accepts(&mut self, call: usize, wait: Duration) -> (Duration, Verdict, Answer) {
        let taken: usize = self.ledger.remotes.iter().map(|remote| remote.keys.len()).sum();
        let left = LEFT - u32::try_from(taken).unwrap_or(0);
        let Call { kind, remote, keys, .. } = &self.ledger.calls[call];
        let id = remote.map(|remote| self.ledger.remotes[remote].id.clone()).unwrap_or_default();
        let (status, body) = kind.accepted(&id, &keys[0], left);
        let verdict = match kind.is_blocking() {
            true => Verdict::Done,
            false => Verdict::Accepted(kind.lasting(&id)),
        };
        (wait, verdict, said(status, &[], &body))
    }

    fn asked(&mut self, wish: &Wish) -> (PollRow, Rng) {
        let id = match wish {
            Wish::Status(_, id) | Wish::Result(id) => id.as_str(),
            _ => "list",
        };
        let number = self.ledger.remote(id).map_or(0, |remote| {
            remote.questions += 1;
            remote.questions
        });
        let number = if id == "list" { self.elapsed_ms() } else { number as usize };
        let mut rng = self.chance(id, number);
        let provider = match wish {
            Wish::Status(kind, _) => kind.provider(),
            Wish::Result(_) => Kind::Momoget.provider(),
            _ => Kind::RawUgc.provider(),
        };
        let row = if self.offline {
            PollRow::NameNotFound
        } else if self.bad_keys.contains(&provider) {
            PollRow::KeyRefused
        } else if rng.f64() < self.faults * 0.5 {
            const FAULTS: &[PollRow] = &[
                PollRow::ConnectionRefused,
                PollRow::Timeout,
                PollRow::Broken,
                PollRow::BodyCut,
                PollRow::Page,
                PollRow::Redirect,
                PollRow::Fault,
                PollRow::BusyWithPause,
                PollRow::TooMany,
                PollRow::UnknownWord,
            ];
            FAULTS[rng.usize(..FAULTS.len())]
        } else {
            PollRow::Answered
        };
        self.coverage.poll(row);
        (row, rng)
    }

    fn says(&mut self, wish: &Wish, row: PollRow, rng: &mut Rng) -> Answer {
        let (kind, id) = match wish {
            Wish::Status(kind, id) => (*kind, id.as_str()),
            Wish::Result(id) => (Kind::Momoget, id.as_str()),
            _ => (Kind::RawUgc, ""),
        };
        let own = |(status, body): (u16, Value)| said(status, &[], &body);
        let answer = match row {
            PollRow::ConnectionRefused => not_sent(Cause::Connect),
            PollRow::NameNotFound => not_sent(Cause::Dns),
            PollRow::Timeout => broken(Cause::Timeout, None),
            PollRow::Broken => broken(Cause::Broken, None),
            PollRow::BodyCut => broken(Cause::Broken, Some(200)),
            PollRow::Page => page(pick(&[200, 400, 403, 404, 451], rng), &[]),
            PollRow::Redirect => page(302, &[]),
            PollRow::Fault => own(kind.fault()),
            PollRow::BusyWithPause => page(503, &[("retry-after", "11")]),
            PollRow::TooMany => own(kind.too_many()),
            PollRow::KeyRefused => own(kind.key_refused()),
            PollRow::UnknownWord if !id.is_empty() && self.ledger.remote(id).is_some() => {
                own(kind.running(id, Some("reticulating")))
            }
            _ => match wish {
                Wish::Status(..) | Wish::Result(_) => own(self.truth(kind, id, wish)),
                Wish::List => own(self.list()),
                _ => own((404, json!({ "detail": "Not Found" }))),
            },
        };
        self.note(|| {
            let said = match &answer {
                Ok(response) => String::from_utf8_lossy(&response.body).into_owned(),
                Err(error) => error.to_string(),
            };
            format!("asked {wish:?}, {row:?}: {said}")
        });
        answer
    }

    /// How a task is, as its service tells it.
    fn truth(&mut self, kind: Kind, id: &str, wish: &Wish) -> (u16, Value) {
        let now = self.truly();
        let Some(remote) = self.ledger.remote(id).cloned().filter(|it| it.gone_at > now) else {
            self.coverage.poll(PollRow::NotKnownAnyMore);
            return kind.no_such_task();
        };
        if remote.known_at > now {
            self.coverage.poll(PollRow::NotKnownYet);
            return kind.no_such_task();
        }
        if remote.done_at > now {
            self.coverage.poll(PollRow::StillRuns);
            return kind.running(id, None);
        }
        if matches!(wish, Wish::Result(_)) {
            self.doing = Doing::ResultCame;
            return self.result(&remote);
        }
        let several = remote.keys.len() > 1;
        let end = remote.whole_end();
        // Momoget's first answer is not yet the result.
        let is_result = kind != Kind::Momoget || (end == Some(End::Failed) && !several);
        if is_result {
            self.doing = Doing::ResultCame;
        }
        match end {
            Some(End::Failed) if !several => {
                self.coverage.poll(PollRow::WorkFailed);
                kind.failed(id)
            }
            Some(End::Empty) => {
                self.coverage.poll(PollRow::WorkEmpty);
                kind.empty(id)
            }
            _ => {
                self.coverage.poll(PollRow::Done);
                kind.done(id, &remote.keys[0])
            }
        }
    }

    /// Momoget's result: of one link, or of several.
    fn result(&mut self, remote: &Remote) -> (u16, Value) {
        let item = |key: &String| match remote.end_of(key) {
            End::Done => {
                json!({ "url": url_of(key), "text": text_of(key), "status": "transcribed" })
            }
            _ => {
                json!({ "url": url_of(key), "text": null, "status": "failed", "error_message": "没有人声" })
            }
        };
        if remote.keys.len() > 1 {
            self.coverage.poll(PollRow::DoneTogether);
        } else if remote.ends[0] == End::Empty {
            return (200, json!({ "code": 200, "status": "completed" }));
        }
        let items: Vec<_> = remote.keys.iter().map(item).collect();
        (200, json!({ "code": 200, "status": "completed", "data": { "items": items } }))
    }

    /// RawUGC's list of its newest jobs.
    fn list(&mut self) -> (u16, Value) {
        self.coverage.poll(PollRow::Listed);
        let now = self.truly();
        let known: Vec<_> = self
            .ledger
            .remotes
            .iter()
            .rev()
            .filter(|it| it.kind == Kind::RawUgc && it.known_at <= now && it.gone_at > now)
            .take(100)
            .cloned()
            .collect();
        if known.iter().any(|remote| remote.done_at <= now) {
            self.doing = Doing::ResultCame;
        }
        let job = |remote: &Remote| {
            let (_, mut job) = match (remote.done_at <= now, remote.ends[0]) {
                (false, _) => remote.kind.running(&remote.id, None),
                (true, End::Done) => remote.kind.done(&remote.id, &remote.keys[0]),
                (true, End::Failed) => remote.kind.failed(&remote.id),
                (true, End::Empty) => remote.kind.empty(&remote.id),
            };
            job["prompt"] = json!(prompt_of(&remote.keys[0]));
            job["model"] = json!(MODEL);
            job["createdAt"] = json!(remote.created_at);
            job
        };
        let videos: Vec<_> = known.iter().map(job).collect();
        let pagination = json!({ "total": videos.len(), "hasMore": false });
        (200, json!({ "videos": videos, "pagination": pagination }))
    }
}

/// The rows in which nothing ever left the machine: why, and after how long.
fn unsent(row: Row, request: &Request, rng: &mut Rng) -> Option<(Cause, Duration)> {
    let at_once = Duration::from_millis(rng.u64(1..200));
    let connect = Duration::from_secs(10);
    Some(match row {
        Row::Unbuildable => (Cause::Invalid, Duration::ZERO),
        Row::ConnectionRefused => (Cause::Connect, at_once),
        Row::NameNotFound => (Cause::Dns, at_once),
        Row::NoRoute => (Cause::NoRoute, at_once),
        Row::ConnectTimeout => (Cause::Timeout, connect),
        Row::TimeoutUnsent => (Cause::Timeout, request.timeout),
        Row::HandshakeHangs => (Cause::Timeout, connect),
        Row::CertificateRefused => (Cause::Tls, at_once),
        Row::ProxyDead | Row::ProxyRefusesTunnel => (Cause::Proxy, at_once),
        _ => return None,
    })
}

fn not_sent(cause: Cause) -> Answer {
    Err(SendError::NotSent { cause, detail: "never sent".to_owned() })
}

fn broken(cause: Cause, status: Option<u16>) -> Answer {
    Err(SendError::Ambiguous { cause, detail: "no answer".to_owned(), status })
}

fn said(status: u16, head: &[(&str, &str)], body: &Value) -> Answer {
    bytes(status, head, body.to_string().into_bytes())
}

/// A page of a proxy, a captive portal or a failing server.
fn page(status: u16, head: &[(&str, &str)]) -> Answer {
    bytes(status, head, b"<html><body>nginx</body></html>".to_vec())
}

fn bytes(status: u16, head: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let headers = head.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Ok(Response { status, headers: headers.collect::<BTreeMap<_, _>>(), body })
}

fn millis(least: u64, most: u64, rng: &mut Rng) -> Duration {
    Duration::from_millis(rng.u64(least..most))
}

fn pick(of: &[u16], rng: &mut Rng) -> u16 {
    of[rng.usize(..of.len())]
}
