// The thread in which pdf.js reads a PDF. Fetched when one is put on the board.
import "pdfjs-dist/legacy/build/pdf.worker.mjs";
