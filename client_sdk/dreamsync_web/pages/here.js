// Puts this node's own address into the commands, so that they can be copied as they stand.

const isSecure = location.protocol === "https:";

for (const place of document.querySelectorAll(".address")) {
  place.textContent = location.origin;
}
for (const place of document.querySelectorAll(".socket")) {
  place.textContent = `${isSecure ? "wss" : "ws"}://${location.host}`;
}

if (location.hash.length > 1) {
  // In single quotes nothing means anything to a shell but the quote itself.
  const link = location.href.replaceAll("'", "%27");
  document.getElementById("play").textContent = `./dream play '${link}'`;
  document.getElementById("invited").hidden = false;
}
