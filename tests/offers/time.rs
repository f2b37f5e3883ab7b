//! Times on the shop's clock, across both changes of New York's clocks in 2026: starts are included, ends are not.

use serde_json::{Value, json};

use crate::shop::{offers, quote, shop_in, value};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 8 March 2026, 02:00 at night, which at once is 03:00.
const SPRING: i64 = 1_772_953_200_000;
/// 1 November 2026, 02:00 at night, which at once is 01:00.
const AUTUMN: i64 = 1_793_512_800_000;

fn new_york() -> Value {
    json!({"name": "America/New_York", "offsets": [[0, -18_000], [SPRING, -14_400], [AUTUMN, -18_000]]})
}

/// The instants, by the minute within a day of `around`, at which an offer with these terms begins and stops to hold.
fn changes(terms: &Value, around: i64) -> Vec<i64> {
    let mut offer = json!({"id": "o", "effects": [{"kind": "percent", "percent": 10}]});
    offer.as_object_mut().unwrap().extend(terms.as_object().cloned().unwrap());
    let mut engine = shop_in(new_york(), json!([offer]), json!({}));
    let wallet = json!([{"offer": "o", "receivedAt": SPRING - 30 * HOUR}]);
    engine.load_member(&value(&json!({"id": "m", "wallet": wallet})), around).unwrap();
    let holds = |at: i64| quote(&engine, json!([["milk", 1]]), json!({"now": at, "nudges": 0})).discount_total > 0;
    let (mut found, mut held) = (Vec::new(), holds(around - DAY));
    let mut at = around - DAY;
    while at < around + DAY {
        // A quarter of an hour at a time, then the very millisecond.
        if holds(at + 15 * MINUTE) != held {
            let (mut before, mut after) = (at, at + 15 * MINUTE);
            while after - before > 1 {
                let middle = before.midpoint(after);
                if holds(middle) == held { before = middle } else { after = middle }
            }
            found.push(after - around);
            held = !held;
        }
        at += 15 * MINUTE;
    }
    found
}

#[test]
fn windows_begin_and_end_at_midnight_of_the_shop() {
    let day = |from: &str, until: &str| json!({"window": {"from": from, "until": until}});
    // The day on which clocks go forward has 23 hours, the one on which they go back 25.
    assert_eq!(changes(&day("2026-03-08", "2026-03-09"), SPRING), [-2 * HOUR, 21 * HOUR]);
    assert_eq!(changes(&day("2026-11-01", "2026-11-02"), AUTUMN), [-2 * HOUR, 23 * HOUR]);
}

#[test]
fn a_moment_that_the_clock_leaves_out_or_shows_twice_is_one_instant() {
    // 02:30 does not come in spring: it is where the clock jumps to, counted on from 02:00.
    let spring = changes(&json!({"window": {"from": "2026-03-08T02:30", "until": "2026-03-08T04:00"}}), SPRING);
    assert_eq!(spring, [HOUR / 2, HOUR]);
    // 01:30 comes twice in autumn: it is the first of the two.
    let autumn = changes(&json!({"window": {"from": "2026-11-01T01:30", "until": "2026-11-01T03:00"}}), AUTUMN);
    assert_eq!(autumn, [-HOUR / 2, 2 * HOUR]);
}

#[test]
fn hours_hold_while_the_clock_shows_them() {
    let night = json!({"schedule": {"hours": [{"from": "01:00", "until": "02:00"}]}});
    // In spring one hour on each day; in autumn two on the day that has it twice, and the next day's begins.
    assert_eq!(changes(&night, SPRING), [-HOUR, 0, 22 * HOUR, 23 * HOUR]);
    assert_eq!(changes(&night, AUTUMN), [-HOUR, HOUR, DAY]);
    // The hour that spring leaves out is left out; the day before ends it, the day after has it.
    let gap = json!({"schedule": {"hours": [{"from": "02:00", "until": "03:00"}]}});
    assert_eq!(changes(&gap, SPRING), [-DAY + HOUR, 23 * HOUR, DAY]);
}

#[test]
fn weekdays_and_days_of_the_month_are_the_shops() {
    // 8 March is a Sunday.
    assert_eq!(changes(&json!({"schedule": {"weekdays": [7]}}), SPRING), [-2 * HOUR, 21 * HOUR]);
    assert_eq!(changes(&json!({"schedule": {"daysOfMonth": [1]}}), AUTUMN), [-2 * HOUR, 23 * HOUR]);
    let dates = json!({"schedule": {"dates": [{"from": "2026-03-08T00:00", "until": "2026-03-08T06:00"}], "hours": [{"from": "05:00", "until": "09:00"}]}});
    assert_eq!(changes(&dates, SPRING), [2 * HOUR, 3 * HOUR]);
}

#[test]
fn days_after_receipt_are_days_of_the_calendar_or_24_hours() {
    // Received on 6 March at 20:00. After one day of waiting it opens on the 7th at midnight, and holds for two days.
    let wallet = |receipt: Value| json!({"activation": "wallet", "receipt": receipt});
    let calendar = changes(&wallet(json!({"waitDays": 1, "validDays": 2})), SPRING);
    assert_eq!(calendar, [21 * HOUR]);
    let until = changes(&wallet(json!({"waitDays": 2, "validDays": 1})), SPRING);
    assert_eq!(until, [-2 * HOUR, 21 * HOUR]);
    let exact = changes(&wallet(json!({"waitDays": 1, "validDays": 1, "exactHours": true})), SPRING);
    assert_eq!(exact, [-30 * HOUR + DAY, -30 * HOUR + 2 * DAY]);
}

#[test]
fn uses_of_a_day_come_back_at_the_shops_midnight() {
    let offer =
        json!({"id": "o", "limits": {"perPeriod": [{"uses": 1, "period": "day"}]}, "effects": [{"kind": "percent", "percent": 10}]});
    let mut engine = shop_in(new_york(), json!([offer]), json!({}));
    let used = SPRING + HOUR;
    engine.load_member(&value(&json!({"id": "m", "uses": [{"offer": "o", "at": used}]})), used).unwrap();
    let shown = |at: i64| {
        let cart = json!({"cart": [{"item": "milk", "quantity": 1}], "now": at});
        let offers = engine.offers(&regulars::domain::from_value(&value(&cart)).unwrap(), at).unwrap().offers;
        (offers[0].missing.first().and_then(|reason| reason.integer("at")), offers[0].saving)
    };
    assert_eq!(shown(used + HOUR), (Some(SPRING + 21 * HOUR), None));
    assert_eq!(shown(SPRING + 21 * HOUR - 1).1, None);
    assert_eq!(shown(SPRING + 21 * HOUR).1, Some(100));
    assert_eq!(offers(&engine, json!([])).offers.len(), 1);
}
