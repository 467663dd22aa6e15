//! The cells of a workbook's first sheet, read without trusting its sizes.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use hengji_kernel::Decimal;

/// A form of two hundred indicators stays far below these.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const MOST_ROWS: u32 = 2000;
const MOST_COLUMNS: u32 = 64;

/// Digits a spreadsheet keeps exactly.
const EXACT_BELOW: u128 = 1_000_000_000_000_000;

/// What is in a cell: its text, a number as text where it is exact, or why it cannot be read.
pub(super) type Cell = Result<String, &'static str>;

/// By row and column, counted from 0; empty cells are left out.
pub(super) struct Cells(BTreeMap<(u32, u32), Cell>);

impl Cells {
    pub(super) fn of(workbook: &[u8]) -> Result<Self, &'static str> {
        const WRONG: &str = "不是可读的 XLSX 工作簿";
        check_size(workbook).map_err(|_| WRONG)??;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).map_err(|_| WRONG)?;
        let first = book.sheet_names().into_iter().next().ok_or(WRONG)?;
        let mut reader = book.worksheet_cells_reader(&first).map_err(|_| WRONG)?;
        let mut cells = BTreeMap::new();
        while let Some(cell) = reader.next_cell().map_err(|_| WRONG)? {
            let (row, column) = cell.get_position();
            if row >= MOST_ROWS || column >= MOST_COLUMNS {
                return Err("工作表超出监控表的行列范围");
            }
            let read = text(cell.get_value());
            if read != Ok(String::new()) {
                cells.insert((row, column), read);
            }
        }
        Ok(Self(cells))
    }

    pub(super) fn get(&self, row: u32, column: u32) -> Cell {
        self.0.get(&(row, column)).cloned().unwrap_or_else(|| Ok(String::new()))
    }

    /// Where a label stands.
    pub(super) fn find(&self, label: &str) -> Option<(u32, u32)> {
        let found = self.0.iter().find(|(_, cell)| cell.as_deref() == Ok(label));
        found.map(|(place, _)| *place)
    }

    /// The columns of a row by their labels.
    pub(super) fn labels(&self, row: u32) -> BTreeMap<String, u32> {
        let row = self.0.range((row, 0)..(row + 1, 0));
        row.filter_map(|((_, column), cell)| Some((cell.clone().ok()?, *column))).collect()
    }
}

/// Unpacks every part once, so that a small file that grows without end is refused before anything keeps it.
fn check_size(workbook: &[u8]) -> io::Result<Result<(), &'static str>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook))?;
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?.take(left + 1);
        let size = io::copy(&mut part, &mut io::sink())?;
        if size > left {
            return Ok(Err("工作簿解压后过大"));
        }
        left -= size;
    }
    Ok(Ok(()))
}

fn text(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) => Ok(text.trim().to_owned()),
        DataRef::SharedString(text) => Ok(text.trim().to_owned()),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => exact(*number),
        DataRef::Bool(_) => Err("单元格应为文本或数字"),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            Err("单元格是日期格式，请改为文本")
        }
        DataRef::Error(_) => Err("单元格公式出错"),
    }
}

/// The number as it was typed: its shortest decimal text, as long as it has no more digits than a spreadsheet keeps.
fn exact(number: f64) -> Cell {
    let read = Decimal::from_str_exact(&number.to_string()).map(|read| read.normalize());
    match read {
        Ok(read) if read.mantissa().unsigned_abs() < EXACT_BELOW => Ok(read.to_string()),
        _ => Err("数字位数过多，无法精确读取，请改为文本"),
    }
}
