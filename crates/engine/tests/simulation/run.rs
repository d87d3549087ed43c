//! One run: lives of the program, each but the last ended by a kill or in order, then a quiet end in which everything
//! must come to rest, then the books are compared.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc, time::Duration};

use fastrand::Rng;
use shiwen_core::{FailureKind, Outcome, TaskState, Wait, WaitReason};
use shiwen_engine::{Clock, Engine, Ownership, Parts, Running};
use shiwen_secrets::{Keys, Secret, Source};
use shiwen_store::{Store, faults};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    check,
    points::{Coverage, Event, KillPoint},
    services::Services,
    speech::{CANARY, SECRETS, settings},
    user::User,
    world::{Doing, Plan, World},
};

/// Where runs take place: one per thread, since every run starts from a copy of the same empty history.
pub(crate) struct Ground {
    root: TempDir,
    template: PathBuf,
}

/// What the program does with what it wrote down before it was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Books {
    Kept,
    /// A call that was out when the program was killed counts as never made.
    IntentForgotten,
    /// And one without an answer is made again.
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything goes wrong.
    Storm,
    /// Nothing does; the program is stopped in order.
    Calm,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) weather: Weather,
    pub(crate) books: Books,
    pub(crate) traced: bool,
}

pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) violations: Vec<String>,
    pub(crate) coverage: Coverage,
    pub(crate) trace: Vec<String>,
}

/// Steps in which everything must have come to rest at the end.
const LAST_STEPS: u32 = 1500;
const AN_HOUR: Duration = Duration::from_secs(60 * 60);
/// The machine sleeps through pauses that are longer than this.
const LONG_PAUSE: Duration = Duration::from_secs(45);

impl Ground {
    pub(crate) fn new() -> Self {
        // Memory instead of a disk, where there is any: what is tried here is order, not durability.
        let memory = PathBuf::from("/dev/shm");
        let root = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).unwrap(),
            false => tempfile::tempdir().unwrap(),
        };
        let template = root.path().join("template");
        drop(Store::open(&template).unwrap());
        Self { root, template }
    }

    pub(crate) fn run(&self, setup: Setup) -> Report {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let report = runtime.block_on(self.lives(setup));
        faults::witness(None);
        report
    }

    async fn lives(&self, setup: Setup) -> Report {
        let folder = self.root.path().join(format!("run-{}", setup.seed));
        let world = World::new(setup.seed, &folder, &self.template, setup.traced);
        let witness = world.clone();
        faults::witness(Some(Box::new(move |moment| witness.witness(moment))));
        let mut rng = Rng::with_seed(setup.seed);
        let calm = setup.weather == Weather::Calm;
        let most = if calm { 10 } else { rng.usize(3..12) };
        let mut run = Run {
            world: world.clone(),
            user: User::new(setup.seed, most),
            rng,
            setup,
            keys: keys(),
        };
        world.state().faults = match (calm, run.rng.u32(..3)) {
            (true, _) => 0.0,
            (false, 0) => 0.2,
            (false, 1) => 0.5,
            (false, _) => 0.85,
        };
        let lives = if calm { run.rng.u32(1..3) } else { run.rng.u32(1..6) };
        for _ in 0..lives {
            run.life().await;
        }
        run.last_life().await;
        run.compare();
        fs::remove_dir_all(folder).unwrap();
        let mut state = world.state();
        Report {
            seed: setup.seed,
            violations: std::mem::take(&mut state.violations),
            coverage: std::mem::take(&mut state.coverage),
            trace: state.trace.take().unwrap_or_default(),
        }
    }
}

struct Run {
    world: Arc<World>,
    user: User,
    rng: Rng,
    setup: Setup,
    keys: Arc<Keys>,
}

/// A program that was started.
struct Program {
    engine: Engine,
    running: Option<Running>,
    /// Another process on the same folder, which only writes wishes.
    other: Option<Engine>,
}

impl Run {
    fn parts(&self) -> Parts {
        let folder = self.world.state().folder.clone();
        Parts {
            store: Store::open(&folder).unwrap(),
            transport: Arc::new(Services(self.world.clone())),
            follower: None,
            keys: self.keys.clone(),
            clock: self.world.clone(),
            pace: 1.0,
            minute: Duration::from_secs(60),
            settings: settings(),
        }
    }

    /// Starts the program on what the last life left. It may be killed while it starts.
    fn starts(&mut self, plan: Option<Plan>) -> Program {
        let life = {
            let mut state = self.world.state();
            state.life += 1;
            state.dead = false;
            state.doing = Doing::Anything;
            state.life
        };
        // All chance in the engine comes from this thread's generator.
        fastrand::seed(self.setup.seed ^ (u64::from(life) << 48));
        let engine = Engine::new(self.parts());
        self.user.looks_around(&self.world, &engine);
        if self.setup.books != Books::Kept {
            self.forgets(&engine);
        }
        let lock = Ownership::take(&self.world.state().folder).unwrap();
        self.world.state().plan = plan;
        self.world.state().doing = Doing::Starting;
        let running = engine.start(lock.unwrap());
        self.world.state().doing = Doing::Anything;
        let dead = self.world.state().dead;
        let running = match running {
            Ok(running) => Some(running),
            Err(_) if dead => None,
            Err(error) => {
                self.world.state().violated(format!("it does not start: {error}"));
                None
            }
        };
        if !dead {
            self.after_start(&engine);
        }
        Program { engine, running, other: None }
    }

    fn after_start(&mut self, engine: &Engine) {
        for wanted in &self.user.tasks {
            let Some(id) = wanted.id else { continue };
            let mut state = self.world.state();
            match engine.store().task(id).map(|task| task.state) {
                Err(error) => state.violated(format!("I2: {} is lost: {error}", wanted.key)),
                Ok(TaskState::Submitting) => {
                    state.violated(format!("I4: {} is still submitting after a start", wanted.key));
                }
                Ok(TaskState::Queued | TaskState::Running) => {}
                Ok(_) => state.ledger.revoke(&wanted.key),
            }
        }
    }

    /// What a program without a ledger would do: a call that was out is made again.
    fn forgets(&self, engine: &Engine) {
        let store = engine.store();
        for wanted in &self.user.tasks {
            let Some(id) = wanted.id else { continue };
            let detail = store.detail(id).unwrap();
            if detail.task.state != TaskState::Submitting {
                continue;
            }
            for attempt in detail.attempts.iter().filter(|attempt| attempt.outcome.is_none()) {
                let failure = shiwen_core::Failure::new(detail.task.provider, FailureKind::Network);
                let wait = Wait { reason: WaitReason::NotSent, until: None };
                let now = self.world.now();
                let _ = store.sent_back(attempt.id, Outcome::NotSent, &failure, wait, now);
            }
        }
    }

    /// A plain retry: nobody asks the user.
    fn resends(&self, engine: &Engine) {
        for wanted in &self.user.tasks {
            let Some(id) = wanted.id else { continue };
            if engine.store().task(id).is_ok_and(|task| task.state == TaskState::Uncertain) {
                let _ = engine.store().resend(id);
            }
        }
    }

    async fn life(&mut self) {
        let calm = self.setup.weather == Weather::Calm;
        let plan = (!calm && self.rng.u32(..10) < 9).then(|| self.plan());
        let mut program = self.starts(plan);
        if !calm && self.rng.u32(..4) == 0 && !self.world.state().dead {
            program.other = Some(Engine::new(self.parts()));
        }
        let steps = if calm { 12 } else { self.rng.u32(5..16) };
        for _ in 0..steps {
            if self.world.state().dead {
                break;
            }
            self.step(&program).await;
        }
        self.ends(program).await;
    }

    async fn step(&mut self, program: &Program) {
        let calm = self.setup.weather == Weather::Calm;
        let engine = match &program.other {
            Some(other) if self.rng.bool() => {
                self.world.state().coverage.event(Event::OtherProcessWrote);
                other
            }
            _ => &program.engine,
        };
        match calm {
            true if self.user.tasks.len() < self.user.most => {
                self.user.submits(&self.world, engine)
            }
            true => {}
            false => {
                self.user.acts(&self.world, engine);
                if let Some(other) = &program.other
                    && self.rng.u32(..4) == 0
                {
                    self.user.ambushes(&self.world, other);
                }
                self.weather().await;
            }
        }
        if self.setup.books == Books::Off && !self.world.state().dead {
            self.resends(&program.engine);
        }
        if !self.world.state().bad_keys.is_empty() && self.rng.u32(..5) == 0 {
            self.repairs_keys(&program.engine).await;
        }
        let wait = match self.rng.u32(..10) {
            0..4 => self.rng.u64(1..400),
            4..8 => self.rng.u64(400..8_000),
            8 => self.rng.u64(8_000..30_000),
            _ => self.rng.u64(30_000..90_000),
        };
        self.waits(Duration::from_millis(wait)).await;
        self.world.passes(KillPoint::AtRest);
    }

    /// Time passes, unless the program dies before.
    async fn waits(&self, long: Duration) {
        tokio::select! {
            biased;
            () = self.world.died.notified() => {}
            () = sleep(long) => {}
        }
    }

    /// What happens around the program.
    async fn weather(&mut self) {
        let draw = self.rng.u32(..100);
        let mut state = self.world.state();
        if state.dead {
            return;
        }
        let waits_for_disk = state.plan.is_some_and(|it| it.point == KillPoint::WaitingForDisk);
        match draw {
            0..5 => {
                state.offline = !state.offline;
                state.coverage.event(Event::NetworkGone);
                let offline = state.offline;
                state.note(|| format!("offline: {offline}"));
            }
            5..15 if state.offline => state.offline = false,
            15..20 if state.disk_room.is_none() => state.fill_disk(),
            20..40 if state.disk_room.is_none() && state.has_call_out() => state.fill_disk(),
            20..80 if state.disk_room.is_none() && waits_for_disk => state.fill_disk(),
            15..28 if state.disk_room.is_some() => state.empty_disk(),
            40..45 => {
                let long = Duration::from_secs(self.rng.u64(60..8 * 3600));
                state.sleep(long);
            }
            45..47 => {
                let by = self.rng.i64(20_000..7_200_000);
                state.set_clock(-by);
            }
            47..49 => {
                let by = self.rng.i64(20_000..7_200_000);
                state.set_clock(by);
            }
            49..54 => {
                let provider = SECRETS[self.rng.usize(..SECRETS.len())].0;
                state.bad_keys.insert(provider);
                state.note(|| format!("{provider} refuses its key"));
            }
            _ => {}
        }
    }

    /// The user mends what is wrong with the accounts.
    async fn repairs_keys(&self, engine: &Engine) {
        let bad: Vec<_> = std::mem::take(&mut self.world.state().bad_keys).into_iter().collect();
        for provider in bad {
            let before = std::mem::replace(&mut self.world.state().doing, Doing::Deciding);
            let saved = engine.save_provider(provider, BTreeMap::new(), false).await;
            self.world.state().doing = before;
            if saved.is_err() {
                self.world.state().bad_keys.insert(provider);
            }
        }
    }

    /// Killed by plan, killed at rest, or stopped in order.
    async fn ends(&mut self, mut program: Program) {
        let orderly = self.setup.weather == Weather::Calm || self.rng.u32(..3) == 0;
        if !self.world.state().dead && orderly {
            self.world.state().note(|| "stopped in order".to_owned());
            self.world.state().coverage.event(Event::OrderlyStop);
            if self.world.state().disk_room.is_some() {
                self.world.state().empty_disk();
            }
            if let Some(running) = program.running.take() {
                let world = self.world.clone();
                tokio::select! {
                    biased;
                    () = died(&world) => {}
                    () = running.stop() => {}
                }
            }
        }
        let stopped = program.running.is_none() && orderly;
        if !stopped && !self.world.state().dead {
            self.world.state().plan = Some(Plan { point: KillPoint::AtRest, passes: 1 });
            self.world.passes(KillPoint::AtRest);
        }
        self.world.ambush(None);
        drop(program);
        // The runtime drops what was aborted when it comes to it.
        sleep(Duration::from_millis(2)).await;
        let away = self.rng.u64(1..20_000);
        sleep(Duration::from_millis(away)).await;
    }

    fn plan(&mut self) -> Plan {
        // What needs a full disk besides is drawn twice as often.
        let draw = self.rng.usize(..=KillPoint::ALL.len());
        let point = KillPoint::ALL.get(draw).copied().unwrap_or(KillPoint::WaitingForDisk);
        let most = match point {
            KillPoint::AnyWriteNotCommitted | KillPoint::AnyWriteNotAnnounced => 40,
            KillPoint::DuringPoll => 8,
            KillPoint::AtRest => 12,
            KillPoint::RecoveryNotCommitted
            | KillPoint::RecoveryNotAnnounced
            | KillPoint::WaitingForDisk
            | KillPoint::ResultReceived
            | KillPoint::InResultTransaction
            | KillPoint::ResultNotAnnounced => 1,
            _ => 4,
        };
        Plan { point, passes: self.rng.u32(1..=most) }
    }

    /// Good weather and a patient user: everything comes to rest.
    async fn last_life(&mut self) {
        {
            let mut state = self.world.state();
            state.faults = 0.0;
            state.offline = false;
            if state.disk_room.is_some() {
                state.empty_disk();
            }
            let all = SECRETS.iter().map(|(provider, _)| *provider);
            state.bad_keys = all.collect();
        }
        let mut program = self.starts(None);
        self.repairs_keys(&program.engine).await;
        let mut rest = false;
        let mut disk_trouble = self.rng.bool();
        for step in 1..LAST_STEPS {
            {
                // Even now the disk may fill up once while a call is out; nobody kills the program over it.
                let mut state = self.world.state();
                if disk_trouble && state.has_call_out() {
                    disk_trouble = false;
                    state.fill_disk();
                } else if state.disk_room.is_some() && self.rng.u32(..3) == 0 {
                    state.empty_disk();
                }
            }
            rest = self.user.finishes(&self.world, &program.engine);
            if rest {
                break;
            }
            if self.setup.books == Books::Off {
                self.resends(&program.engine);
            }
            let now = self.world.now();
            let pause =
                self.user.next_due(&program.engine).map_or(Duration::ZERO, |due| due.since(now));
            if pause > LONG_PAUSE {
                self.world.state().sleep(pause - LONG_PAUSE / 2);
            }
            // A clock that was set back makes tasks younger than they are; that passes.
            if step % 150 == 0 {
                self.world.state().sleep(AN_HOUR);
            }
            let wait = self.rng.u64(800..6_000);
            self.waits(Duration::from_millis(wait)).await;
        }
        if !rest {
            let tasks =
                self.user.tasks.iter().filter_map(|it| program.engine.store().task(it.id?).ok());
            let left: Vec<_> = tasks
                .filter(|task| {
                    use TaskState::{Queued, Running, Submitting};
                    matches!(task.state, Queued | Running | Submitting)
                })
                .map(|task| {
                    format!("{} {} {:?} {:?}", task.id, task.state, task.wait, task.next_poll_at)
                })
                .collect();
            self.world.state().violated(format!("I2: no rest: {left:?}"));
        }
        if let Some(running) = program.running.take() {
            running.stop().await;
        }
        drop(program);
        sleep(Duration::from_millis(2)).await;
    }

    fn compare(&self) {
        let folder = self.world.state().folder.clone();
        let store = Store::open(&folder).unwrap();
        let found = {
            let state = self.world.state();
            check::compare(&store, &folder, &state.ledger, &state.left, &self.user.tasks)
        };
        if self.setup.books == Books::Kept {
            found.into_iter().for_each(|what| self.world.state().violated(what));
        }
    }
}

async fn died(world: &World) {
    while !world.state().dead {
        world.died.notified().await;
    }
}

fn keys() -> Arc<Keys> {
    let fields = |names: &&[&str]| {
        names
            .iter()
            .map(|name| ((*name).to_owned(), Secret::new(CANARY)))
            .collect::<BTreeMap<_, _>>()
    };
    let all = SECRETS.iter().map(|(provider, names)| (*provider, fields(names))).collect();
    Arc::new(Keys::new(Source::Fixed(all), BTreeMap::new()))
}
