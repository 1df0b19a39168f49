package pack

import "strings"

// A packRole is what a word beside a number says of it.
type packRole uint16

const (
	packs   packRole = 1 << iota // a pack: "pack of 12"
	links                        // between a pack and its number: "of", "de"
	alone                        // leads to a number by itself: "isi 12"
	counts                       // units after a number: "12 pcs", "12-pack"
	content                      // a measure after a number: "500 ml"
	filled                       // a measure of what a unit holds: "2x500ml" are two
	set                          // what pieces are parts of: "24 pcs set"
	direct                       // a pack that its number follows without a link: "zestaw 6", "bộ 5"
	sights                       // what makes "10x" a strength: "10x zoom"
	persons                      // of a product made for several: "4 person tent"
)

// packWords are the words of packing, in small letters, of the languages whose titles we have read. It is not changed.
var packWords = roles(map[packRole]string{
	packs: `pack packs packet packets multipack box case carton lot bundle bag sachet tray packung packungen karton schachtel
		beutel kiste paquete lote caja bolsa juego estuche pacote pacotes embalagem caixa kit conjunto paquet paquets lots boîte
		boite coffret étui confezione pacco scatola verpakking pak doos opakowanie zestaw komplet набор упаковка комплект
		paket kotak kutu koli مجموعة عبوة علبة طقم set seti takımı`,
	links:  `of de da di com con van von mit aus à z из по من`,
	alone:  `isi qty quantity แพ็ค แพค 共 รวม`,
	direct: `zestaw komplet opakowanie набор комплект упаковка combo bộ paket lote pack`,
	counts: `pack packs pk pak pcs pc pieces count units rolls bottles cans sachets uds ud unidades unid unités piezas pza pzas pzs
		latas botellas rollos stück stueck stk stuks pièces rouleaux bouteilles pezzi pz rotoli bottiglie peças flaschen dosen
		rollen szt sztuk butelek rolek adet parça şişe rulo шт штук рулонов бутылок buah biji cái chiếc hộp gói chai lon
		pairs paar paires pares paia pary пары пар çift قطعة قطع حبة حبات ชิ้น ก้อน ขวด ซอง ห่อ`,
	filled: `ml cl dl l lt ltr liter litre litres litros g gr gm grs kg kgs oz л мл г кг`,
	content: `ml cl dl l lt ltr liter litre litres litros mg g gr gm grs kg kgs oz lb lbs cm mm m km mt metros inch in ft gb tb
		mb w kw v kv hz ghz mah ah mp mpx k px dpi fps л мл г кг см мм в вт port ports
		hour hours day days week weeks month months year years yr yrs stunde stunden std tag tage woche wochen monat monate jahr
		jahre heure heures jour jours mois an ans hora horas día días mes meses año años ora ore giorni mesi anno anni dia dias
		ano anos uur dagen maanden jaar godzin dni miesięcy lat час часов день дней месяцев год года лет saat gün ay yıl jam
		hari bulan tahun giờ ngày tháng năm`,
	set: `set sets kit kits puzzle puzzles jigsaw juego jeu spiel game suit bikini dinnerware takımı seti`,
	sights: `zoom optical magnification magnifying magnifier magnifiers binoculars binocular monocular telescope scope lens mirror loupe lupe
		vergrößerung fernglas jumelles prismáticos binocolo lunette faster speed hyperspeed`,
	persons: `person persons people player players user users device devices core cores personen personnes personas persone pessoas`,
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
