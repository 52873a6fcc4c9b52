//! Claims about delivery that a script of steps cannot make; the scripted ones are in `tests/vectors/delivery`.

use super::*;

fn event(name: &str) -> Vec<u8> {
    format!("{{\"idempotencyKey\":\"{name}\"}}").into_bytes()
}

fn send(delivery: &mut Delivery, now_ms: i64) -> Batch {
    match delivery.next_step(now_ms) {
        Step::Send(batch) => batch,
        other => panic!("expected a batch, got {other:?}"),
    }
}

fn answered<'a>(status: u16, retry_after: Option<&'a str>, body: &'a str) -> Outcome<'a> {
    Outcome::Answered {
        status,
        retry_after,
        body: body.as_bytes(),
    }
}

fn balanced(delivery: &Delivery) -> bool {
    let stats = delivery.stats();
    let by = &stats.dropped_by_reason;
    let reasons = by.queue_full + by.too_large + by.rejected + by.expired + by.closed;
    stats.tracked == stats.sent + stats.dropped + stats.pending && stats.dropped == reasons
}

#[test]
fn an_event_waits_for_company_then_goes() {
    let mut delivery = Delivery::new(Policy::default());
    delivery.enqueue(event("a"), 0);
    assert_eq!(delivery.next_step(10), Step::WaitUntil(1_000));
    delivery.enqueue(event("b"), 500);
    let batch = send(&mut delivery, 1_000);
    assert_eq!(
        batch.body,
        b"{\"events\":[{\"idempotencyKey\":\"a\"},{\"idempotencyKey\":\"b\"}]}"
    );
    assert_eq!(delivery.next_step(1_000), Step::Idle);
    delivery.report(
        batch.id,
        &answered(201, None, r#"{"results":[{"index":0},{"index":1}]}"#),
        1_001,
        0,
    );
    assert_eq!(delivery.stats().sent, 2);
    assert!(balanced(&delivery));
}

#[test]
fn an_event_that_is_not_made_yet_is_due_when_it_would_be() {
    let mut delivery = Delivery::new(Policy::default());
    assert_eq!(delivery.due_with_one_more(100), Some(1_100));
    delivery.enqueue(event("a"), 0);
    assert_eq!(delivery.due_with_one_more(100), Some(1_000));
    let batch = send(&mut delivery, 1_000);
    assert_eq!(delivery.due_with_one_more(1_000), None);
    delivery.report(batch.id, &Outcome::Unreachable, 1_000, 0);
    assert_eq!(delivery.due_with_one_more(1_000), delivery.due_at());
    let again = send(&mut delivery, 10_000);
    delivery.report(again.id, &answered(429, Some("3600"), ""), 10_000, 0);
    assert_eq!(delivery.due_with_one_more(10_001), delivery.due_at());
    assert!(!delivery.is_closed());
    delivery.close();
    assert!(delivery.is_closed());
}

#[test]
fn only_the_failed_part_is_sent_again() {
    let mut delivery = Delivery::new(Policy::default());
    for name in ["a", "b", "c"] {
        delivery.enqueue(event(name), 0);
    }
    delivery.flush();
    let batch = send(&mut delivery, 0);
    let answer = r#"{"results":[{"index":0},
        {"index":1,"error":{"code":"VALIDATION_ERROR","message":"Invalid quantity","details":{"retryable":false}}},
        {"index":2,"error":{"code":"INTERNAL_ERROR","message":"again","details":{"retryable":true}}}]}"#;
    let problems = delivery.report(batch.id, &answered(207, None, answer), 0, 0);
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].code.as_str(), problems[0].events),
        ("VALIDATION_ERROR", 1)
    );
    assert!(!delivery.is_flushed());
    assert_eq!(delivery.next_step(0), Step::WaitUntil(250));
    let again = send(&mut delivery, 250);
    assert_eq!(again.body, b"{\"events\":[{\"idempotencyKey\":\"c\"}]}");
    delivery.report(
        again.id,
        &answered(200, None, r#"{"results":[{"index":0}]}"#),
        251,
        0,
    );
    let stats = delivery.stats();
    assert_eq!((stats.sent, stats.dropped, stats.pending), (2, 1, 0));
    assert!(delivery.is_flushed() && balanced(&delivery));
}

#[test]
fn retry_after_is_a_floor_with_a_ceiling_and_not_one_moment_for_everyone() {
    for (header, jitter, expected) in [
        (Some("5"), 0, 5_000),
        (Some("5"), u32::MAX / 2, 5_624),
        (Some("5"), u32::MAX, 6_249),
        (Some("1000000000"), u32::MAX, 3_659_999),
        (Some("0"), 0, 250),
        (Some("0"), u32::MAX, 499),
        (Some("1000000000"), 0, 3_600_000),
        (Some("soon"), 0, 250),
        (None, 0, 250),
    ] {
        let mut delivery = Delivery::new(Policy::default());
        delivery.enqueue(event("a"), 0);
        delivery.flush();
        let batch = send(&mut delivery, 0);
        delivery.report(batch.id, &answered(429, header, ""), 0, jitter);
        assert_eq!(
            delivery.next_step(0),
            Step::WaitUntil(expected),
            "{header:?}"
        );
    }
}

#[test]
fn backoff_doubles_to_its_ceiling_and_a_success_ends_it() {
    let policy = Policy::default();
    let ceilings: Vec<i64> = (1..=9)
        .map(|failures| policy.backoff_ms(failures, 0) * 2)
        .collect();
    assert_eq!(
        ceilings,
        [
            500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000
        ]
    );
    assert_eq!(policy.backoff_ms(u32::MAX, u32::MAX), 59_999);
}

#[test]
fn a_permanent_refusal_is_reported_once_and_not_sent_again() {
    for status in [400, 401, 403, 404, 301] {
        let mut delivery = Delivery::new(Policy::default());
        delivery.enqueue(event("a"), 0);
        delivery.enqueue(event("b"), 0);
        delivery.flush();
        let batch = send(&mut delivery, 0);
        let problems = delivery.report(batch.id, &answered(status, None, "<html>"), 0, 0);
        assert_eq!(
            (problems.len(), problems[0].events, problems[0].status),
            (1, 2, status)
        );
        assert_eq!(delivery.next_step(1_000_000), Step::Idle);
        assert!(balanced(&delivery));
    }
}

#[test]
fn a_batch_too_large_is_halved_until_one_event_fails_alone() {
    let mut delivery = Delivery::new(Policy::default());
    for name in ["a", "b", "c", "d"] {
        delivery.enqueue(event(name), 0);
    }
    delivery.flush();
    let mut sizes = Vec::new();
    while let Step::Send(batch) = delivery.next_step(0) {
        sizes.push(batch.events);
        delivery.report(batch.id, &answered(413, None, ""), 0, 0);
    }
    assert_eq!(sizes, [4, 2, 1, 1, 1, 1]);
    assert_eq!(delivery.stats().dropped_by_reason.too_large, 4);
    assert!(balanced(&delivery));
}

#[test]
fn what_the_queue_cannot_hold_is_dropped_and_counted() {
    let policy = Policy {
        max_queue_events: 2,
        max_event_bytes: 100,
        ..Policy::default()
    };
    let mut delivery = Delivery::new(policy);
    assert_eq!(
        delivery.enqueue(vec![b'x'; 101], 0),
        Enqueued::Dropped(DropReason::TooLarge)
    );
    delivery.enqueue(event("a"), 0);
    delivery.enqueue(event("b"), 0);
    assert_eq!(
        delivery.enqueue(event("c"), 0),
        Enqueued::Dropped(DropReason::QueueFull)
    );
    delivery.flush();
    let batch = send(&mut delivery, 0);
    assert_eq!(
        delivery.enqueue(event("d"), 0),
        Enqueued::Dropped(DropReason::QueueFull),
        "in flight counts"
    );
    delivery.report(batch.id, &Outcome::Unreachable, 0, 0);
    assert_eq!(delivery.stats().pending, 2);
    delivery.close();
    assert_eq!(
        delivery.enqueue(event("e"), 0),
        Enqueued::Dropped(DropReason::Closed)
    );
    assert!(balanced(&delivery));
}

#[test]
fn events_do_not_wait_longer_than_a_day() {
    let mut delivery = Delivery::new(Policy::default());
    delivery.enqueue(event("a"), 0);
    assert_eq!(delivery.next_step(86_400_001), Step::Idle);
    assert_eq!(delivery.stats().dropped_by_reason.expired, 1);
    assert!(balanced(&delivery));
}

#[test]
fn batches_keep_within_count_and_bytes() {
    let policy = Policy {
        max_batch_events: 3,
        max_batch_bytes: 60,
        ..Policy::default()
    };
    let mut delivery = Delivery::new(policy);
    for name in ["a", "b", "c", "d", "e"] {
        delivery.enqueue(event(name), 0);
    }
    let batch = send(&mut delivery, 0);
    assert_eq!(batch.events, 2, "three would be more than 60 bytes");
}

#[test]
fn a_cut_answer_is_no_acknowledgement() {
    let mut delivery = Delivery::new(Policy::default());
    delivery.enqueue(event("a"), 0);
    delivery.flush();
    let batch = send(&mut delivery, 0);
    delivery.report(batch.id, &answered(201, None, r#"{"results":[{"ind"#), 0, 0);
    assert_eq!(delivery.stats().pending, 1);
    let unknown = delivery.report(
        999,
        &answered(201, None, r#"{"results":[{"index":0}]}"#),
        0,
        0,
    );
    assert!(unknown.is_empty());
    assert_eq!(delivery.stats().sent, 0);
}

#[test]
fn what_is_given_up_here_is_told_once_by_reason() {
    let policy = Policy {
        max_queue_events: 1,
        max_event_bytes: 30,
        ..Policy::default()
    };
    let mut delivery = Delivery::new(policy);
    for name in ["a", "b", "c", "a name that makes the event too large"] {
        delivery.enqueue(event(name), 0);
    }
    delivery.close();
    delivery.enqueue(event("d"), 0);
    let told: Vec<_> = delivery
        .take_losses()
        .into_iter()
        .map(|p| (p.code, p.events))
        .collect();
    let expected = [
        ("QUEUE_FULL", 2),
        ("PAYLOAD_TOO_LARGE", 1),
        ("CLIENT_CLOSED", 1),
    ];
    assert_eq!(
        told,
        expected.map(|(code, events)| (code.to_owned(), events))
    );
    assert_eq!(delivery.take_losses(), []);
    let batch = send(&mut delivery, 0);
    delivery.report(batch.id, &answered(401, None, "{}"), 0, 0);
    assert_eq!(
        delivery.take_losses(),
        [],
        "the report told of the refused one"
    );
    assert!(balanced(&delivery));
}

#[test]
fn a_sleeping_host_learns_that_a_batch_is_due_earlier() {
    let mut delivery = Delivery::new(Policy {
        max_batch_events: 2,
        ..Policy::default()
    });
    assert_eq!(delivery.due_at(), None);
    delivery.enqueue(event("a"), 5);
    assert_eq!(delivery.due_at(), Some(1_005));
    delivery.enqueue(event("b"), 6);
    assert!(delivery.due_at() <= Some(6), "full");
    let _ = send(&mut delivery, 6);
    delivery.enqueue(event("c"), 7);
    assert_eq!(delivery.due_at(), None, "one at a time");
}
