//! Reading the public sets, and chance that can be repeated.

#[allow(dead_code)]
pub mod cpu;

use consensus::{Answer, Builder, Dataset};
use std::{collections::HashMap, error::Error, fs, path::Path};

/// A set with its truth, by item number; an item that has none, or no answers, is `None`.
#[allow(dead_code)]
pub struct Set {
    pub name: String,
    pub data: Dataset,
    pub truth: Vec<Option<usize>>,
}

/// The categorical sets in `folder`, by name.
#[allow(dead_code)]
pub fn sets(folder: &str) -> Result<Vec<Set>, Box<dyn Error>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    let mut sets = Vec::new();
    for path in paths.iter().filter(|path| path.join("truth.csv").exists()) {
        let Some(data) = read(&path.join("answers.csv"))? else { continue };
        let truth = truth(&path.join("truth.csv"), &data)?;
        sets.push(Set { name: path.file_name().unwrap_or_default().to_string_lossy().into(), data, truth });
    }
    Ok(sets)
}

pub fn read(path: &Path) -> Result<Option<Dataset>, Box<dyn Error>> {
    let mut builder = Builder::default();
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        builder.answer(Answer { item: &record[0], worker: &record[1], label: &record[2] });
    }
    Ok(builder.build().ok())
}

#[allow(dead_code)]
fn truth(path: &Path, data: &Dataset) -> Result<Vec<Option<usize>>, Box<dyn Error>> {
    let mut known = HashMap::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        known.insert(record[0].to_owned(), record[1].to_owned());
    }
    let classes: HashMap<&str, usize> = data.labels.iter().zip(0..).collect();
    // A true label that nobody chose cannot be reached: it counts as wrong.
    let class = |item: &str| known.get(item).map(|label| classes.get(label.as_str()).copied().unwrap_or(usize::MAX));
    let answered = |number: usize| data.crowd.answers_of(number) > 0;
    Ok(data.items.iter().enumerate().map(|(number, item)| class(item).filter(|_| answered(number))).collect())
}

/// The numbers below `size` in an order that `seed` decides.
#[allow(dead_code)]
pub fn shuffled(size: usize, mut seed: u64) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..size).collect();
    for last in (1..size).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        numbers.swap(last, ((seed >> 33) as usize) % (last + 1));
    }
    numbers
}
