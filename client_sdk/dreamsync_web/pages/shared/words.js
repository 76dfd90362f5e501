// The chrome's own words, in the languages there are; what a world says is the server's to translate.

const KNOWN = new Set(["de"]); // besides English, which the words stand in: words.<lang>.js, and told.<lang>.js
const RTL = new Set(["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

let words = {};
let spoken = "en";

/** Return a text of the chrome in the language spoken here; `given` fills its {places}. */
export function t(text, given = undefined) {
  const said = words[text] ?? text;
  return given ? said.replace(/\{(\w+)\}/g, (whole, name) => given[name] ?? whole) : said;
}

/** Return what an error says, in the language spoken here where it is one of a server's own sentences. */
export const sayingOf = (error) => t(error?.text ?? String(error));

/** Return the language that the chrome is spoken in. */
export const spokenHere = () => spoken;

/** Show texts in `lang` from now on, and speak `wanted` around them: fetch its words. */
export async function speak(lang, wanted) {
  const root = document.documentElement;
  root.lang = lang;
  root.dir = RTL.has(lang.slice(0, 2)) ? "rtl" : "ltr";
  const short = wanted.slice(0, 2);
  spoken = short;
  if (!KNOWN.has(short)) {
    words = {};
    return;
  }
  try {
    const [own, told] = await Promise.all([import(`./words.${short}.js`), import(`./told.${short}.js`)]);
    words = { ...told.TOLD, ...own.WORDS };
  } catch {
    words = {}; // the line is down: English is better than nothing
  }
}
