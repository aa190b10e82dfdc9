//! Exact probabilities of what chance does.

fn ln_factorials(n: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(n + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for k in 1..=n {
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let next = (k as f64).ln();
        sum += next;
        sums.push(sum);
    }
    sums
}

/// Probability of at least `k` of `n` when each happens with probability `p`.
pub fn binomial_tail(k: usize, n: usize, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    let ln = ln_factorials(n);
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let term = |i: usize| (ln[n] - ln[i] - ln[n - i] + i as f64 * p.ln() + (n - i) as f64 * (-p).ln_1p()).exp();
    (k..=n).map(term).sum::<f64>().min(1.0)
}

/// Probability of at least `k` when the events have these probabilities (Poisson binomial, by
/// convolution).
pub fn poisson_binomial_tail(k: usize, probabilities: &[f64]) -> f64 {
    // exactly[i]: probability of i events so far; the last place holds k or more.
    let mut exactly = vec![0.0; k + 1];
    exactly[0] = 1.0;
    for p in probabilities {
        for i in (0..=k).rev() {
            let stays = if i == k { exactly[i] } else { exactly[i] * (1.0 - p) };
            exactly[i] = stays + if i > 0 { exactly[i - 1] * p } else { 0.0 };
        }
    }
    exactly[k].min(1.0)
}

/// Probability that a sequence of `a` of one kind and `b` of another in random order has as few
/// runs as `runs`, or as many, whichever is less: both sides of the runs test of Wald &
/// Wolfowitz (Ann. Math. Stat. 11, 1940).
pub fn runs_tail(a: usize, b: usize, runs: usize) -> f64 {
    if a == 0 || b == 0 {
        return 1.0;
    }
    let ln = ln_factorials(a + b);
    let choose = |n: usize, k: usize| if k > n { f64::NEG_INFINITY } else { ln[n] - ln[k] - ln[n - k] };
    let exactly = |runs: usize| {
        let (half, all) = (runs / 2, choose(a + b, a));
        if runs.is_multiple_of(2) {
            2.0 * (choose(a - 1, half - 1) + choose(b - 1, half - 1) - all).exp()
        } else {
            let longer = |x: usize, y: usize| (choose(x - 1, half) + choose(y - 1, half - 1) - all).exp();
            longer(a, b) + longer(b, a)
        }
    };
    let few: f64 = (2..=runs).map(exactly).sum();
    let many: f64 = (runs.max(2)..=a + b).map(exactly).sum();
    (2.0 * few.min(many)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        assert!((binomial_tail(8, 10, 0.5) - 56.0 / 1024.0).abs() < 1e-12);
        assert!((poisson_binomial_tail(8, &[0.5; 10]) - 56.0 / 1024.0).abs() < 1e-12);
        assert!((poisson_binomial_tail(2, &[0.1, 0.2, 0.5]) - 0.15).abs() < 1e-12);
        assert_eq!((binomial_tail(0, 5, 0.1), binomial_tail(6, 5, 0.1)), (1.0, 0.0));
    }

    #[test]
    fn runs_of_two_and_three_are_counted_right() {
        // Of the ten orders of two and three, two have 2 runs and one has 5.
        assert!((runs_tail(2, 3, 2) - 0.4).abs() < 1e-12);
        assert!((runs_tail(2, 3, 5) - 0.2).abs() < 1e-12);
        assert!(runs_tail(30, 30, 60) < 1e-15 && runs_tail(30, 30, 31) > 0.5);
    }
}
