//! When running tasks are asked: how late an end is noticed, how long a hundred links take, and that no limit is ever
//! passed. `SHIWEN_PROVE=1` makes the samples large and prints the figures.

mod world;

use std::time::Duration;

use tokio::time::Instant;

use self::world::{MINUTE, WAY, World, figure, mean_and_p95, oracle, proves};

/// How late the ends of so many tasks are noticed, and how often each is asked.
async fn delays(median: f64, seed: u64, tasks: usize) -> (Vec<f64>, f64) {
    let mut world = World::new(median, seed);
    world.slots(1000);
    for _ in 0..rounds() {
        world.learn_from(50).await;
    }
    let first = world.tasks_after(0).len();
    for _ in 0..tasks / 50 {
        world.submit(50);
        world.all_done().await;
    }
    let tasks = world.tasks_after(first);
    let delay = |task: &world::Remote| (task.told_at.unwrap() - task.done_at).as_secs_f64();
    let asked: usize = tasks.iter().map(|task| task.asked).sum();
    world.stop().await;
    (tasks.iter().map(delay).collect(), asked as f64 / tasks.len() as f64)
}

/// Rounds of fifty tasks before anything counts, so that what is learned settles as it would in use.
fn rounds() -> usize {
    if proves() { 3 } else { 1 }
}

async fn check_detection(median: f64) {
    let (seeds, tasks) = if proves() { (8, 600) } else { (1, 150) };
    let (mut all, mut asked) = (Vec::new(), 0.0);
    for seed in 0..seeds {
        let (delays, calls) = delays(median, seed, tasks).await;
        all.extend(delays);
        asked += calls / seeds as f64;
    }
    let (mean, p95) = mean_and_p95(all);
    figure(&format!("detection_mean_median_{median}"), mean, "s");
    figure(&format!("detection_p95_median_{median}"), p95, "s");
    figure(&format!("detection_share_median_{median}"), 100.0 * mean / median, "%");
    figure(&format!("detection_calls_median_{median}"), asked, "calls/task");
    // Few tasks show the figures only roughly.
    let slack = if proves() { 1.0 } else { 1.1 };
    assert!(mean <= slack * 0.1 * median, "{mean} s at a median of {median} s");
    if median == 18.0 {
        assert!(mean <= slack * 1.5 && p95 <= slack * 3.5, "mean {mean} s, p95 {p95} s");
        assert!(asked <= slack * 6.0, "{asked} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_after_6_seconds_is_noticed_soon_with_few_questions() {
    check_detection(6.0).await;
}

#[tokio::test(start_paused = true)]
async fn an_end_after_12_seconds_is_noticed_soon_with_few_questions() {
    check_detection(12.0).await;
}

#[tokio::test(start_paused = true)]
async fn an_end_after_18_seconds_is_noticed_soon_with_few_questions() {
    check_detection(18.0).await;
}

#[tokio::test(start_paused = true)]
async fn an_end_after_25_seconds_is_noticed_soon_with_few_questions() {
    check_detection(25.0).await;
}

#[tokio::test(start_paused = true)]
async fn an_end_after_a_minute_is_noticed_soon_with_few_questions() {
    check_detection(60.0).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_learned_outlasts_a_restart() {
    let mut world = World::new(60.0, 1);
    world.slots(50);
    world.learn_from(50).await;
    let mut world = world.restart().await;
    let first = world.tasks_after(0).len();
    world.submit(10);
    tokio::time::sleep(Duration::from_secs(20)).await;
    let tasks = world.tasks_after(first);
    assert_eq!(tasks.len(), 10);
    assert_eq!(tasks.iter().map(|task| task.asked).sum::<usize>(), 0, "the table asks after 3 s");
    world.all_done().await;
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_the_time_that_an_answer_names() {
    let date = |at: shiwen_core::Timestamp| {
        let at = jiff::Timestamp::from_millisecond(at.0).unwrap();
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    for in_words in [false, true] {
        let mut world = World::new(18.0, 2);
        world.slots(20);
        world.submit(20);
        tokio::time::sleep(Duration::from_secs(5)).await;
        world.close(Duration::from_secs(90), |until| match in_words {
            true => date(until),
            false => "90".to_owned(),
        });
        // What was out when the first refusal came cannot be called back.
        tokio::time::sleep(Duration::from_secs(10)).await;
        world.submit(5);
        let calls = world.calls();
        let mut world = world.restart().await;
        world.submit(5);
        // Dates have whole seconds.
        tokio::time::sleep(Duration::from_millis(78_500)).await;
        assert_eq!(world.calls(), calls, "in words: {in_words}");
        let refused = world.service.lock().unwrap().refused;
        assert!((1..=20).contains(&refused), "{refused}");
        figure("calls_before_retry_after", (world.calls() - calls) as f64, "calls");
        let start = Instant::now();
        world.all_done().await;
        assert!(start.elapsed() < 4 * MINUTE, "{:?}", start.elapsed());
        world.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_too_many_tasks_teaches_how_many_may_run() {
    let mut world = World::new(18.0, 3);
    // The card says five.
    world.service.lock().unwrap().slots = 3;
    world.submit(60);
    world.all_done().await;
    let full = world.service.lock().unwrap().full;
    // Two that left together, and one for each time that four were tried again.
    assert!((1..=20).contains(&full), "{full} creates were refused");
    let tasks = world.tasks_after(0);
    let took: Vec<Duration> = tasks.iter().map(|task| task.took).collect();
    let last = tasks.iter().filter_map(|task| task.told_at).max().unwrap();
    let first = tasks.iter().map(|task| task.done_at - task.took).min().unwrap();
    let ratio = (last - first).as_secs_f64() / oracle(&took, 3, None).as_secs_f64();
    figure("makespan_learned_slots", ratio, "x oracle");
    assert!(ratio < 1.2, "{ratio} times the oracle");
    world.stop().await;
}

/// How long a hundred links take, as a multiple of what they would take if every end were known.
/// And how many calls came that a limit forbade.
async fn makespan(seed: u64, per_minute: Option<u32>) -> (f64, usize) {
    const SLOTS: u32 = 5;
    let mut world = World::new(18.0, seed);
    world.slots(50);
    for _ in 0..rounds() {
        world.learn_from(50).await;
    }
    world.slots(SLOTS);
    if let Some(most) = per_minute {
        world.per_minute(most);
        // The minute before is over.
        tokio::time::sleep(2 * MINUTE).await;
    }
    let first = world.tasks_after(0).len();
    let start = Instant::now();
    world.submit(100);
    world.all_done().await;
    let tasks = world.tasks_after(first);
    let last = tasks.iter().filter_map(|task| task.told_at).max().unwrap() + WAY - start;
    let took: Vec<Duration> = tasks.iter().map(|task| task.took).collect();
    let best = oracle(&took, SLOTS as usize, per_minute.map(|most| most as usize));
    let over = {
        let service = world.service.lock().unwrap();
        service.over + service.full
    };
    world.stop().await;
    (last.as_secs_f64() / best.as_secs_f64(), over)
}

async fn check_makespan(name: &str, per_minute: Option<u32>, most: f64) {
    let seeds = if proves() { 12 } else { 2 };
    let (mut ratios, mut over) = (Vec::new(), 0);
    for seed in 0..seeds {
        let (ratio, calls) = makespan(seed, per_minute).await;
        ratios.push(ratio);
        over += calls;
    }
    let worst = ratios.iter().copied().fold(0.0, f64::max);
    let (mean, _) = mean_and_p95(ratios);
    figure(&format!("makespan_{name}_mean"), mean, "x oracle");
    figure(&format!("makespan_{name}_worst"), worst, "x oracle");
    figure(&format!("makespan_{name}_over_limit"), over as f64, "calls");
    assert_eq!(over, 0, "calls over a limit");
    // A few runs show it only roughly: one call more or less may cost a minute.
    let most = if proves() { most } else { 1.0 + 1.5 * (most - 1.0) };
    assert!(mean <= most, "{mean} times the oracle, at most {most}");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_links_take_hardly_longer_than_with_every_end_known() {
    check_makespan("5_slots", None, 1.05).await;
}

#[tokio::test(start_paused = true)]
async fn a_hundred_links_make_the_most_of_ten_calls_a_minute() {
    check_makespan("10_a_minute", Some(10), 1.06).await;
}

#[tokio::test(start_paused = true)]
async fn a_hundred_links_make_the_most_of_sixty_calls_a_minute() {
    check_makespan("60_a_minute", Some(60), 1.15).await;
}
