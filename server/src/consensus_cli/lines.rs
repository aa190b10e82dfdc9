//! Which line of a file a byte is in, as an editor counts, while the file streams by.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

/// Passes bytes on and remembers where the lines begin that were not asked for yet.
///
/// The reader of CSV counts differently: a row that follows blank lines or `\r\n` seems to begin
/// before them.
pub struct Lines<R> {
    source: R,
    /// The next byte, and the line that it is in, from 1.
    byte: u64,
    line: u64,
    /// Whether this line is blank so far.
    blank: bool,
    /// First byte and number of the lines that are not blank.
    starts: VecDeque<(u64, u64)>,
    quotes: u64,
}

impl<R> Lines<R> {
    /// Nothing read yet.
    pub fn new(source: R) -> Self {
        Self { source, byte: 0, line: 1, blank: true, starts: VecDeque::new(), quotes: 0 }
    }

    /// The line in which the text at `byte`, or the first after it, begins. Later calls may not go back.
    pub fn line_of(&mut self, byte: u64) -> u64 {
        while self.starts.front().is_some_and(|&(start, _)| start < byte) {
            self.starts.pop_front();
        }
        self.starts.front().map_or(self.line, |&(_, line)| line)
    }

    /// Whether an odd number of quotation marks has passed: in CSV, where each one closes or is
    /// written twice, one of them was never closed.
    pub fn has_odd_quotes(&self) -> bool {
        self.quotes % 2 == 1
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        for &byte in &buffer[..count] {
            match byte {
                b'\n' => (self.line, self.blank) = (self.line + 1, true),
                b'\r' => {}
                _ => {
                    if std::mem::take(&mut self.blank) {
                        self.starts.push_back((self.byte, self.line));
                    }
                    self.quotes += u64::from(byte == b'"');
                }
            }
            self.byte += 1;
        }
        Ok(count)
    }
}
