package pack

import "strings"

// A packRole is what a word beside a number says of it.
type packRole uint8

const (
	packs   packRole = 1 << iota // a pack: "pack of 12"
	links                        // between a pack and its number: "of", "de"
	alone                        // leads to a number by itself: "isi 12"
	counts                       // units after a number: "12 pcs", "12-pack"
	content                      // a measure after a number: "500 ml"
	filled                       // a measure of what a unit holds: "2x500ml" are two
	set                          // what pieces are parts of: "24 pcs set"
)

// packWords are the words of packing, in small letters, of the languages whose titles we have read. It is not changed.
var packWords = roles(map[packRole]string{
	packs: `pack packs packet packets set box case carton lot bundle bag packung packungen paquete paquetes lote caja bolsa juego
		estuche pacote pacotes caixa kit conjunto paquet paquets lots boîte boite coffret confezione pacco scatola
		verpakking pak doos opakowanie zestaw набор упаковка комплект paket kotak`,
	links: `of de da di com con van von mit à z из по`,
	alone: `isi qty quantity แพ็ค 共 รวม`,
	counts: `pack packs pk pcs pc pieces units uds ud unidades unid piezas pzas pza stück stueck stk stuks pièces pezzi pz peças
		szt sztuk adet шт штук buah biji cái pairs paar paires pares قطعة قطع حبة`,
	filled: `ml cl dl l lt ltr liter litre litres litros g gr gm grs kg kgs oz`,
	content: `ml cl dl l lt ltr liter litre litres litros mg g gr gm grs kg kgs oz lb lbs cm mm m km mt metros inch in ft gb tb
		mb w kw v kv hz ghz mah ah mp mpx k px dpi fps`,
	set: `set sets kit kits puzzle puzzles jigsaw juego jeu spiel game`,
})

func roles(words map[packRole]string) map[string]packRole {
	byWord := make(map[string]packRole)
	for role, list := range words {
		for _, word := range strings.Fields(list) {
			byWord[word] |= role
		}
	}
	return byWord
}
