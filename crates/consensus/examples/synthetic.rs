//! Writes a synthetic crowd as CSV: `synthetic ITEMS WORKERS CLASSES ANSWERS_PER_ITEM SEED ANSWERS.csv TRUTH.csv`.

#[path = "../tests/support/mod.rs"]
mod support;

use std::{error::Error, fs::File, io::BufWriter, io::Write};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [items, workers, classes, redundancy, seed, answers, truth] = arguments.as_slice() else {
        return Err("usage: synthetic ITEMS WORKERS CLASSES ANSWERS_PER_ITEM SEED ANSWERS.csv TRUTH.csv".into());
    };
    let recipe = support::Recipe {
        items: items.parse()?,
        workers: workers.parse()?,
        classes: classes.parse()?,
        redundancy: redundancy.parse()?,
        ..support::Recipe::default()
    };
    let crowd = recipe.make(seed.parse()?);
    let mut file = BufWriter::new(File::create(answers)?);
    writeln!(file, "task,worker,label")?;
    for [item, worker, class] in &crowd.answers {
        writeln!(file, "t{item},w{worker},{class}")?;
    }
    let mut file = BufWriter::new(File::create(truth)?);
    writeln!(file, "task,label")?;
    for (item, class) in crowd.truth.iter().enumerate() {
        writeln!(file, "t{item},{class}")?;
    }
    Ok(())
}
