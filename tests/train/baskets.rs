//! `regulars train --baskets` and the ranker from orders: interrupted, repeated, and asked for where there is too little.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{SAMPLE, done, knowledge, scratch};

/// 110 members with six baskets each; everybody's own items return at their own rhythms.
fn histories(path: &Path) {
    let mut text = String::from("{");
    for member in 0..110 {
        let baskets: Vec<String> = (0..6)
            .map(|nth| {
                let own = (0..10).filter(|item| (nth + item) % (2 + (member + item) % 4) == 0).map(|item| (member * 3 + item) % 30);
                let items: Vec<String> = own.chain([40]).map(|item| item.to_string()).collect();
                format!("[{nth},[{}]]", items.join(","))
            })
            .collect();
        let comma = if member > 0 { "," } else { "" };
        write!(text, "{comma}\"{member}\":[{}]", baskets.join(",")).unwrap();
    }
    fs::write(path, text + "}").unwrap();
}

#[test]
fn an_interrupted_training_goes_on_and_gives_the_same_bytes() {
    let folder = scratch("interrupted");
    let baskets = folder.join("history.json");
    histories(&baskets);
    let (whole, broken) = (folder.join("whole"), folder.join("broken"));
    for out in [&whole, &broken] {
        let _ = fs::remove_dir_all(out);
    }
    let arguments = |out: &Path| {
        ["train", "--baskets", baskets.to_str().unwrap(), "--ranker", "tiny", "--rank", "next-basket", "-o", out.to_str().unwrap()]
            .map(str::to_owned)
    };
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_regulars")).args(arguments(&broken)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let finished = || {
        let kept = fs::read_dir(broken.join(".unfinished")).into_iter().flatten().flatten();
        kept.flat_map(|folder| fs::read_dir(folder.path())).flatten().flatten().any(|stage| stage.file_name() == "weights")
    };
    while !finished() && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    child.wait().unwrap();
    let again = arguments(&broken);
    let said = done(&again.each_ref().map(String::as_str));
    assert!(said.contains("a ranker learns from"), "{said}");
    done(&arguments(&whole).each_ref().map(String::as_str));
    assert_eq!(fs::read(whole.join("knowledge.cbor")).unwrap(), fs::read(broken.join("knowledge.cbor")).unwrap());
    assert!(!broken.join(".unfinished").exists());
    assert!(!knowledge(&whole).ranker.next_basket.is_empty());
}

#[test]
fn from_few_orders_weights_are_kept_and_it_is_said_why() {
    let (orders, products) = (format!("{SAMPLE}/orders.csv"), format!("{SAMPLE}/products.csv"));
    let out = scratch("few-orders");
    let said = done(&["train", "--orders", &orders, "--products", &products, "--ranker", "full", "-o", out.to_str().unwrap()]);
    assert!(said.contains("too few households"), "{said}");
    let known = knowledge(&out);
    assert!(known.ranker.next_basket.is_empty());
    assert_eq!((known.week.len(), known.rebuy.len()), (known.items.len(), known.items.len()));
}
