//! The attributes that rules read, beside those of items: `member.*`, `now.*`, `context.*`.
//!
//! | attribute | is | read without personalisation |
//! |---|---|---|
//! | `member.id`, `member.tier` | texts | yes: the contract with the member |
//! | `member.joinedAt`, `member.memberDays` | milliseconds since 1970; whole days since | yes |
//! | `member.ageDays`, `member.ageMonths` | whole days and months on the shop's clock since the membership began | yes |
//! | `member.orders`, `member.spent`, `member.daysSinceOrder` | orders so far, their sum in minor units, whole days since the last (absent where none) | yes: prices must not depend on the switch |
//! | `member.birthday`, `member.birthdayToday`, `member.birthdayMonth` | `MM-DD`; whether today, this month is the one (29 February counts on the 28th in other years) | no |
//! | `member.tags`, `member.segments` | lists of names | no |
//! | `member.lifecycle`, `member.rfm`, `member.churnRisk` | the stage of the membership; three digits; in [0, 1] | no |
//! | `member.topCategories`, `member.topBrands`, `member.priceBand` | what is at least a tenth of the purchases of a year; `low`, `middle`, `high` | no |
//! | `member.<trait>` | what the profile's `attributes` say; never over the names above | no |
//! | `now.at` | milliseconds since 1970 | yes |
//! | `now.date`, `now.month`, `now.day`, `now.weekday`, `now.hour`, `now.minuteOfDay` | on the shop's clock: `YYYY-MM-DD`, 1 to 12, 1 to 31, 1 (Monday) to 7, 0 to 23, 0 to 1439 | yes |
//! | `now.days` | ids of the programme's days that are on (birthday, member day, ...) | yes, without the birthday |
//! | `context.<name>` | what the caller gave; `context.store` and `context.channel` also from the request's own fields | yes |

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::domain::{DAY, Listed, Member, Value, Zone, date_text, whole_of};
use crate::loyalty::Worth;
use crate::rules::{AttributeSource, AttributeTable, Attributes, Condition, Segments};

/// What the attributes are made from.
pub struct Facts<'a> {
    /// The names that rules use.
    pub table: &'a AttributeTable,
    /// Named conditions over the member.
    pub segments: &'a Segments,
    /// The shop's clock.
    pub zone: &'a Zone,
    /// The instant of the answer.
    pub now: i64,
    /// The whole member: only facts of the contract are taken from it.
    pub member: &'a Member,
    /// The member as answers may see it.
    pub visible: &'a Member,
    /// Whether the member allows personalisation.
    pub personalised: bool,
    /// The tier the member holds.
    pub tier: Option<&'a str>,
    /// What the member bought.
    pub past: Past,
    /// Ids of the programme's days that are on.
    pub days: &'a [String],
    /// Whole days and months since the membership began.
    pub age: (Option<i64>, Option<i64>),
    /// The stage of the membership, and what the member is worth, where that may be read.
    pub worth: Option<&'a (&'static str, Worth)>,
    /// What the member buys most, where that may be read: categories, brands, price band.
    pub tastes: Option<&'a (Vec<String>, Vec<String>, Option<String>)>,
    /// Tags worked out here, each with its condition.
    pub tag_rules: &'a [(String, Condition)],
    /// Tags that the member deleted.
    pub forgotten: &'a [String],
    /// What the caller said of the surroundings.
    pub context: &'a Value,
    /// The request's store.
    pub store: Option<&'a str>,
    /// The request's channel.
    pub channel: Option<&'a str>,
}

/// What a member bought up to an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Orders.
    pub orders: usize,
    /// What they cost, as far as that is known, in minor units.
    pub spent: i64,
    /// When the last one was.
    pub last: Option<i64>,
}

impl Past {
    /// What `member` bought up to and including `now`.
    pub fn of(member: &Member, now: i64) -> Self {
        let mut past = Past::default();
        for basket in member.history.iter().filter(|basket| basket.at <= now) {
            past.orders = past.orders.saturating_add(1);
            past.last = past.last.max(Some(basket.at));
            past.spent = basket.lines.iter().fold(past.spent, |sum, line| sum.saturating_add(line.paid.unwrap_or(0)));
        }
        past
    }
}

impl Facts<'_> {
    /// The attributes, of the names that rules use.
    pub fn attributes(&self) -> Attributes<'static> {
        let mut attributes = Attributes::default();
        attributes.bind(self.table, "member", &self.visible.attributes);
        attributes.bind(self.table, "context", self.context);
        let mut set = |path: &str, value: Value| {
            if let Some(id) = self.table.find(path) {
                attributes.set(id, value);
            }
        };
        self.member_facts(&mut set);
        self.now_facts(&mut set);
        for (path, text) in [("context.store", self.store), ("context.channel", self.channel)] {
            if let Some(text) = text {
                set(path, text.into());
            }
        }
        let mut attributes = attributes.into_owned();
        let found = self.device_tags(&attributes);
        if let Some(id) = self.table.find("member.tags").filter(|_| !found.is_empty()) {
            let server = self.visible.tags.iter().map(|tag| tag.tag.as_str());
            let tags = server.chain(found.iter().copied()).map(Value::from).listed();
            attributes.set(id, Value::Array(tags));
        }
        if let Some(id) = self.table.find("member.segments") {
            let held = self.segment_names(&attributes);
            attributes.set(id, Value::Array(held.into_iter().map(Value::String).listed()));
        }
        attributes
    }

    /// The tags worked out here that hold of `source`; none where traits may not be read.
    pub fn device_tags(&self, source: &dyn AttributeSource) -> Vec<&str> {
        if !self.personalised {
            return Vec::new();
        }
        let new = |tag: &str| !self.forgotten.iter().any(|gone| gone == tag) && !self.visible.tags.iter().any(|known| known.tag == tag);
        let held = self.tag_rules.iter().filter(|(tag, when)| new(tag) && when.matches(source));
        held.map(|(tag, _)| tag.as_str()).listed()
    }

    /// The segments that hold; none where segments may not be read.
    fn segment_names(&self, source: &dyn AttributeSource) -> Vec<String> {
        if !self.personalised {
            return Vec::new();
        }
        self.segments.held(source).names().map(ToString::to_string).listed()
    }

    #[allow(clippy::cast_precision_loss)] // counts and times of honest size are exact; others need not be
    fn member_facts(&self, set: &mut impl FnMut(&str, Value)) {
        set("member.id", self.member.id.as_str().into());
        if let Some(tier) = self.tier {
            set("member.tier", tier.into());
        }
        if let Some(joined) = self.member.joined_at {
            set("member.joinedAt", Value::Number(joined as f64));
            set("member.memberDays", Value::Number(whole_days(joined, self.now)));
        }
        for (path, age) in [("member.ageDays", self.age.0), ("member.ageMonths", self.age.1)] {
            if let Some(age) = age {
                set(path, Value::Number(age as f64));
            }
        }
        if let Some((stage, worth)) = self.worth {
            set("member.lifecycle", (*stage).into());
            if let Some(rfm) = &worth.rfm {
                set("member.rfm", rfm.as_str().into());
            }
            if let Some(risk) = worth.churn_risk {
                set("member.churnRisk", Value::Number(risk));
            }
        }
        if let Some((categories, brands, band)) = self.tastes {
            let list = |names: &[String]| Value::Array(names.iter().map(|name| name.as_str().into()).listed());
            set("member.topCategories", list(categories));
            set("member.topBrands", list(brands));
            if let Some(band) = band {
                set("member.priceBand", band.as_str().into());
            }
        }
        set("member.orders", Value::Number(self.past.orders as f64));
        set("member.spent", Value::Number(self.past.spent as f64));
        if let Some(last) = self.past.last {
            set("member.daysSinceOrder", Value::Number(whole_days(last, self.now)));
        }
        if let Some(birthday) = &self.visible.birthday {
            let today = self.zone.local(self.now).date;
            let (month, day) = birthday.split_once('-').unwrap_or_default();
            let number = |text: &str| whole_of(text).and_then(|number| i8::try_from(number).ok()).unwrap_or(0);
            let (month, day) = (number(month), number(day));
            let held_to_month = day.min(today.days_in_month());
            set("member.birthday", birthday.as_str().into());
            set("member.birthdayMonth", (today.month() == month).into());
            set("member.birthdayToday", (today.month() == month && today.day() == held_to_month).into());
        }
        let tags = self.visible.tags.iter().map(|tag| tag.tag.as_str().into()).listed();
        set("member.tags", Value::Array(tags));
    }

    #[allow(clippy::cast_precision_loss)] // as above
    fn now_facts(&self, set: &mut impl FnMut(&str, Value)) {
        let local = self.zone.local(self.now);
        set("now.at", Value::Number(self.now as f64));
        set("now.date", date_text(local.date).into());
        set("now.month", Value::Number(local.date.month().into()));
        set("now.day", Value::Number(local.date.day().into()));
        set("now.weekday", Value::Number(local.weekday().into()));
        set("now.hour", Value::Number(local.hour() as f64));
        set("now.minuteOfDay", Value::Number(local.minute_of_day() as f64));
        set("now.days", Value::Array(self.days.iter().map(|day| day.as_str().into()).listed()));
    }
}

/// Whole days from `from` to `to`, 0 where `to` is earlier.
#[allow(clippy::cast_precision_loss)]
fn whole_days(from: i64, to: i64) -> f64 {
    to.saturating_sub(from).max(0).div_euclid(DAY) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Basket, BasketLine, Tag};

    fn member() -> Member {
        let line = BasketLine { item: "a".into(), quantity: 1, paid: Some(250) };
        Member {
            id: "m".into(),
            joined_at: Some(0),
            birthday: Some("02-29".into()),
            attributes: serde_json::from_str(r#"{"skin": "dry", "orders": 99}"#).unwrap(),
            tags: alloc::vec![Tag { tag: "fashion".into(), source: "server".into() }],
            history: alloc::vec![Basket { at: DAY, lines: alloc::vec![line], ..Basket::default() }],
            ..Member::default()
        }
    }

    /// The attributes `paths` at noon of 2026-02-28, as JSON.
    fn read(paths: &[&str], personalised: bool) -> String {
        let member = member();
        let privacy = super::super::Privacy { personalised, ..Default::default() };
        let visible = privacy.visible(&member, &[]);
        let mut table = AttributeTable::default();
        let ids: Vec<_> = paths.iter().map(|path| table.intern(path)).collect();
        let segments = serde_json::from_str(r#"{"member.skin": "dry"}"#).unwrap();
        #[cfg(not(target_arch = "wasm32"))]
        let segments = Segments::compile([("dry", &segments)], &mut table, &crate::rules::RuleContext::new(&crate::rules::NativeRegex));
        let facts = Facts {
            table: &table,
            segments: &segments,
            zone: &Zone::default(),
            now: 1_772_280_000_000,
            member: &member,
            visible: &visible,
            personalised,
            tier: Some("gold"),
            past: Past::of(&member, 1_772_280_000_000),
            days: &[],
            age: (None, None),
            worth: None,
            tastes: None,
            tag_rules: &[],
            forgotten: &[],
            context: &Value::Null,
            store: Some("s1"),
            channel: None,
        };
        let attributes = facts.attributes();
        let values: Vec<Value> = ids.into_iter().map(|id| attributes.value(id).to_value()).collect();
        serde_json::to_string(&values).unwrap()
    }

    const PERSONAL: [&str; 5] = ["member.skin", "member.tags", "member.segments", "member.birthdayToday", "member.birthdayMonth"];

    #[test]
    fn traits_tags_segments_and_birthday_are_out_of_reach_without_personalisation() {
        assert_eq!(read(&PERSONAL, false), "[null,[],[],null,null]");
        assert_eq!(read(&PERSONAL, true), r#"["dry",["fashion"],["dry"],true,true]"#);
    }

    #[test]
    fn facts_of_the_contract_do_not_depend_on_the_switch_and_traits_cannot_stand_for_them() {
        let paths = [
            "member.orders",
            "member.spent",
            "member.daysSinceOrder",
            "member.tier",
            "context.store",
            "now.date",
            "now.weekday",
            "now.hour",
        ];
        assert_eq!(read(&paths, true), r#"[1,250,20511,"gold","s1","2026-02-28",6,12]"#);
        assert_eq!(read(&paths, true), read(&paths, false));
    }
}
