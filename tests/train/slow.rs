//! What the knowledge's documentation says, computed one item and one pair at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jiff::civil::DateTime;

use super::{MILLISECONDS_OF_DAY, SAMPLE};

/// The score of one item for another.
pub type Pair = fn(&Orders, &str, &str) -> f64;

pub struct Basket {
    pub member: String,
    pub moment: i64,
    pub items: BTreeSet<String>,
}

pub struct Orders {
    /// By member, then time.
    pub baskets: Vec<Basket>,
    pub items: Vec<String>,
    until: i64,
    classes: BTreeMap<String, (String, String)>,
}

fn rows(path: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

impl Orders {
    pub fn read(path: &str, until: i64) -> Self {
        let products = rows(&format!("{SAMPLE}/products.csv"));
        let classes: BTreeMap<_, _> = products.into_iter().map(|row| (row[0].clone(), (row[4].clone(), row[5].clone()))).collect();
        let mut baskets: BTreeMap<(String, String), Basket> = BTreeMap::new();
        for row in rows(path) {
            let moment: DateTime = row[2].parse().unwrap();
            let moment = moment.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond();
            if row[0].is_empty() || row[5] == "0" || !classes.contains_key(&row[3]) || moment >= until {
                continue;
            }
            let basket = baskets.entry((row[0].clone(), row[1].clone()));
            let basket = basket.or_insert_with(|| Basket { member: row[0].clone(), moment, items: BTreeSet::new() });
            basket.items.insert(row[3].clone());
        }
        let mut baskets: Vec<_> = baskets.into_values().collect();
        baskets.sort_by(|one, other| (&one.member, one.moment).cmp(&(&other.member, other.moment)));
        let items: BTreeSet<_> = baskets.iter().flat_map(|basket| basket.items.clone()).collect();
        Orders { baskets, items: items.into_iter().collect(), until, classes }
    }

    pub fn members(&self) -> usize {
        self.baskets.iter().map(|basket| &basket.member).collect::<BTreeSet<_>>().len()
    }

    pub fn buyers<'a>(&'a self, item: &'a str) -> BTreeSet<&'a str> {
        self.with(item).map(|basket| basket.member.as_str()).collect()
    }

    fn with<'a>(&'a self, item: &'a str) -> impl Iterator<Item = &'a Basket> {
        self.baskets.iter().filter(|basket| basket.items.contains(item))
    }

    fn share(&self, item: &str, weight: impl Fn(&Basket) -> f64) -> f64 {
        let all: f64 = self.baskets.iter().map(&weight).sum();
        self.with(item).map(&weight).sum::<f64>() / all
    }

    pub fn popularity(&self, item: &str) -> f64 {
        let age = |basket: &Basket| (self.until - basket.moment) as f64 / MILLISECONDS_OF_DAY as f64;
        self.share(item, |basket| (-age(basket) / 30.0).exp2())
    }

    fn within(&self, basket: &Basket, from: i64, to: i64) -> f64 {
        let age = self.until - basket.moment;
        f64::from(u8::from(age <= from * MILLISECONDS_OF_DAY && age > to * MILLISECONDS_OF_DAY))
    }

    pub fn recent(&self, item: &str) -> f64 {
        self.share(item, |basket| self.within(basket, 28, 0))
    }

    pub fn trend(&self, item: &str) -> f64 {
        if self.with(item).map(|basket| basket.moment).min().unwrap() >= self.until - 28 * MILLISECONDS_OF_DAY {
            return 0.0;
        }
        let sold: f64 = self.with(item).map(|basket| self.within(basket, 28, 0)).sum();
        let recent: f64 = self.baskets.iter().map(|basket| self.within(basket, 28, 0)).sum();
        let expected = self.share(item, |basket| self.within(basket, 112, 28)) * recent;
        (sold + 10.0) / (expected + 10.0) - 1.0
    }

    pub fn rhythm(&self, item: &str) -> (f64, f64) {
        let mut gaps = Vec::new();
        for member in self.buyers(item) {
            let moments: Vec<_> = self.with(item).filter(|basket| basket.member == member).map(|basket| basket.moment).collect();
            gaps.extend(moments.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / MILLISECONDS_OF_DAY as f64));
        }
        if gaps.len() < 5 {
            return (0.0, 0.0);
        }
        gaps.sort_by(f64::total_cmp);
        let quantile = |share: f64| {
            let at = share * (gaps.len() - 1) as f64;
            let (low, high) = (gaps[at.floor() as usize], gaps[at.ceil() as usize]);
            low + (high - low) * (at - at.floor())
        };
        (quantile(0.5), (quantile(0.75) - quantile(0.25)) / 2.0 / quantile(0.5))
    }

    /// For each item.
    pub fn repeat_rates(&self) -> Vec<f64> {
        let again = |item: &String| {
            let times = |member: &str| self.with(item).filter(|basket| basket.member == member).count();
            let buyers = self.buyers(item);
            (buyers.iter().filter(|member| times(member) >= 2).count() as f64, buyers.len() as f64)
        };
        let all: Vec<_> = self.items.iter().map(again).collect();
        let mean = all.iter().map(|pair| pair.0).sum::<f64>() / all.iter().map(|pair| pair.1).sum::<f64>();
        all.iter().map(|(again, buyers)| (again + 5.0 * mean) / (buyers + 5.0)).collect()
    }

    pub fn together(&self, item: &str, other: &str) -> f64 {
        let both = self.with(item).filter(|basket| basket.items.contains(other)).count();
        cosine(both, self.with(item).count(), self.with(other).count())
    }

    pub fn in_sequence(&self, item: &str, other: &str) -> f64 {
        let followed = |member: &&str| {
            let own: Vec<_> = self.baskets.iter().filter(|basket| basket.member == **member).collect();
            let first = own.iter().position(|basket| basket.items.contains(other));
            first.is_some_and(|first| own[first.saturating_sub(2)..first].iter().any(|basket| basket.items.contains(item)))
        };
        let members = self.buyers(other).iter().filter(|member| followed(member)).count();
        cosine(members, self.buyers(item).len(), self.buyers(other).len())
    }

    pub fn similar(&self, item: &str, other: &str) -> f64 {
        let (one, two) = (&self.classes[item], &self.classes[other]);
        let small = |category: &str| self.items.iter().filter(|item| self.classes[*item].0 == category).count() < 10;
        let factor = match (one.1 == two.1, one.0 == two.0) {
            (true, _) => 1.0,
            (_, true) => 0.5,
            _ if small(&one.0) => 0.1,
            _ => 0.0,
        };
        let both = self.with(item).filter(|basket| basket.items.contains(other)).count() as f64;
        let fewer = self.with(item).count().min(self.with(other).count()) as f64;
        let shared = self.buyers(item).intersection(&self.buyers(other)).count();
        cosine(shared, self.buyers(item).len(), self.buyers(other).len()) * factor * (1.0 - (both / fewer).min(1.0))
    }
}

fn cosine(both: usize, one: usize, other: usize) -> f64 {
    if both < 3 {
        return 0.0;
    }
    let both = both as f64;
    both / (one as f64 * other as f64).sqrt() * (both / (both + 10.0))
}
