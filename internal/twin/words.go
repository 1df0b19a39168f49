package twin

import (
	"strings"

	"github.com/assay-project/assay/internal/text"
)

// variable are words that vary between honest listings of one product, or say nothing, by their key: units and sizes, colours,
// and words of grammar and praise. Words of one or two letters are left out anyway. It is not changed.
var variable = keys(`
	mah ghz mhz khz dpi fps rpm psi lbs gal inch inches zoll pouces pulgadas feet foot metre metres meter meters litre litres liter
	liters gram grams gramm gramos grammes kilo kilos watt watts volt volts pcs pieces piece stück stk piezas pezzi pièces pack packs
	paquete pacote confezione lot set sets
	size sizes small medium large xlarge xxl xxxl mini maxi größe groß klein mittel talla tallas pequeño pequeña mediano grande
	grandes taille petit petite moyen moyenne taglia piccolo piccola medio media tamanho pequeno kids
	black white red blue green yellow orange purple pink brown grey gray silver gold golden beige navy cream ivory turquoise violet
	teal maroon burgundy khaki charcoal rose bronze copper multicolor multicolour multicolored multi color colour colors colours clear
	transparent assorted
	schwarz weiß weiss rot blau grün gelb lila rosa braun grau silber schwarze schwarzer schwarzes weiße weißer weißes rote roter blaue
	blauer grüne grüner farbe farben bunt
	negro negra blanco blanca rojo roja azul verde amarillo amarilla naranja morado morada marrón gris plateado plata dorado oro
	color colores
	noir noire blanc blanche rouge bleu bleue vert verte jaune violette brun gris argent doré couleur couleurs
	nero nera bianco bianca rosso rossa blu giallo arancione viola marrone grigio argento colore
	preto preta branco branca vermelho vermelha amarelo roxo cinza prata cor
	czarny biały czerwony niebieski zielony siyah beyaz kırmızı mavi yeşil hitam putih merah biru hijau
	чёрный черный белый красный синий зелёный зеленый
	黑色 白色 红色 蓝色 绿色 黄色 粉色 粉红 紫色 灰色 银色 金色 棕色 橙色 米色 颜色 大号 中号 小号 均码 加大
	the and for with from your you our this that are can all any per not new
	mit und für der die das den dem des ein eine von aus zum zur bei auch neu
	con para por los las del una sin nuevo nueva que
	avec pour les des une dans sur par sans nouveau nouvelle
	per una dei delle della del nel nuovo nuova
	com sem uma dos das novo nova`)

// noBrands are claims that there is no brand, by their key.
var noBrands = keys(`generic nobrand unbranded noname none other others unknown various oem odm na null nil handmade
	无品牌 无 其他 其它 ohnemarke keinemarke markenlos sinmarca genérico générique sansmarque marquegénérique semmarca senzamarca`)

func keys(words string) map[string]bool {
	all := make(map[string]bool)
	for word := range strings.FieldsSeq(words) {
		all[text.Key(word)] = true
	}
	return all
}
